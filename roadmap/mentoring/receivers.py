"""What happens to sign-offs when skills and marks change below."""
