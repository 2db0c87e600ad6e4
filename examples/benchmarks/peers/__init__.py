"""Samplers of other packages, each in an environment of its own, so that nothing here depends on them.

    python -m peers.install                    # the environments, in peers/.venvs or $SKEXPAND_PEERS
    python run.py --samplers ctgan,tvae@10     # @10: as much training as 10 seconds of CPU allow

``client.py`` starts ``worker.py`` with the interpreter of the peer's environment and hands it the training rows, how
many rows of which class to make, a seed and a budget. The worker calls one of ``adapters``, and gives back new rows,
the seconds of CPU and the peak memory, or the text of the error.
"""
