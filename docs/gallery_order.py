"""The order of the gallery: first steps, then problems, then tools; the example that downloads its data comes last."""

ORDER = (
    "plot_quickstart.py",
    # problems
    "plot_patients.py",
    "plot_mixed_table.py",
    "plot_rows_on_demand.py",
    "plot_alarm.py",
    "plot_unlabeled_digits.py",
    "plot_unlabeled_texts.py",
    "plot_embeddings.py",
    "plot_digits.py",
    "plot_numbers.py",
    "plot_regression.py",
    "plot_label_sets.py",
    # tools
    "plot_report_and_gate.py",
    "plot_pipeline_gridsearch.py",
    "plot_rows_in_parts.py",
)


class ReadingOrder:
    """Sort key of sphinx-gallery: listed examples first, in this order, then the others by name."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, name):
        return (ORDER.index(name) if name in ORDER else len(ORDER), name)

    def __repr__(self):  # sphinx-gallery shows it where the order is wrong
        return f"{type(self).__name__}({self.folder!r})"
