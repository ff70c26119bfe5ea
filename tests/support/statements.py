"""Which statements a test counts."""


def belongs_to_the_request(statement: str) -> bool:
    """Revoked tokens and recodes are read once a second for all requests together: they are no request's own."""
    return "FROM revoked_token" not in statement and "FROM division_recode" not in statement
