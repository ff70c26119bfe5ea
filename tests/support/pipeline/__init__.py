"""A year on fakes: an office that keeps what keyed commands did, stages that ask it, people who decide."""
