"""
The Hub in a browser: small pages to read, at the addresses that the clients print.

    views        which page an address is, and what stands on it
    markdown     a card as HTML in which nothing acts, and its pictures
    render       values -> HTML under a policy that allows no script, no form and nothing from elsewhere
    templates    the pages themselves

Nothing can be changed here, and nothing is loaded from another machine.
"""
