from . import main

main("scoring")
