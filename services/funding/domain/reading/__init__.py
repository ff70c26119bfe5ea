"""From documents to incentive rules, with everything that is wrong with them."""
