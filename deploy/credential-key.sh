#!/bin/sh
# Prints a new key for CREDENTIAL_KEYS: an Ed25519 key pair as a JWK, in the list that the variable is. Needs openssl 1.1.1 or later.
set -eu
umask 077
file=$(mktemp)
trap 'rm -f "$file"' EXIT
openssl genpkey -algorithm ed25519 -out "$file"
# The last 32 bytes of either form are the key itself.
part() { openssl pkey -in "$file" "$@" -outform DER | tail -c 32 | openssl base64 -A | tr '+/' '-_' | tr -d '='; }
printf '[{"kty":"OKP","crv":"Ed25519","x":"%s","d":"%s"}]\n' "$(part -pubout)" "$(part)"
