"""What users call: parameters, ``fit``, ``fit_resample``, ``sample``. No mathematics.

``synthesizer`` is the sampler, ``classifier`` and ``regressor`` are learners that expand their training rows, and
``gate`` is the sampler that expands only where a gain is shown.
"""
