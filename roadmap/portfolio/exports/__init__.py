"""One published portfolio as something to take away: a badge, a résumé, paper, a README, a site, a picture.

Every module has one function of its own name. It is given a `Portfolio` and knows nothing else: no request, no table, no other
server. So what an export shows is what its viewer may see, and the same value gives the same bytes.
"""
