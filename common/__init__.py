"""What every folder uses: checks, output files, pixels. Imports no Keras."""
