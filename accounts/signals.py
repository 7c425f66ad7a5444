from django.dispatch import Signal

# Somebody has signed out: `request` holds the new, empty session, and `left` what the old one held (a dict). Whatever belongs to
# the device and not to the person may be put back.
signed_out = Signal()
