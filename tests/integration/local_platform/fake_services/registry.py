from . import main

main("registry")
