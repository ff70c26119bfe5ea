from . import main

main("pipeline")
