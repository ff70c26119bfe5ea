from . import main

main("funding")
