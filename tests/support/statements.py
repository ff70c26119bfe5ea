"""Which statements a test counts."""


def belongs_to_the_request(statement: str) -> bool:
    """The list of revoked tokens is read once a second for all requests together: it is no request's own."""
    return "FROM revoked_token" not in statement
