"""``ExpansiveSynthesizer``: parameters, ``fit``, ``fit_resample``, ``sample``. The mathematics is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_array, check_is_fitted

from skexpand.base.isolation import isolated
from skexpand.base.no_transformer import NoTransformer
from skexpand.base.random import RandomState, make_generator
from skexpand.base.sklearn_private import HasMethods, Interval, StrOptions, _clone_parametrized, _fit_context
from skexpand.base.types import UNLABELED, IntArray
from skexpand.base.unchanged import unchanged_on_failure
from skexpand.codec.frame import is_frame
from skexpand.dynamics.components import COMPONENTS
from skexpand.dynamics.graph import to_networkx
from skexpand.estimators.batches import sample_batches
from skexpand.estimators.cores import stated_core
from skexpand.estimators.notebook import ShownInNotebooks
from skexpand.estimators.wanted import Demand
from skexpand.expansion.beside import (
    read_beside,
    refuse_stated_numbers,
    refuse_without_target,
    schema_beside,
    shown_beside,
)
from skexpand.expansion.core import Core
from skexpand.expansion.demand import on_demand
from skexpand.expansion.drawing import Source
from skexpand.expansion.provenance import Lineage
from skexpand.fitting.choice import fit_expansion, label_rows
from skexpand.fitting.numbers import smoothing_of
from skexpand.fitting.rows import Labeled, Rows
from skexpand.fitting.signs import measure_failure_signs
from skexpand.request.counts import check_counts
from skexpand.request.given import Given
from skexpand.request.groups import checked_groups, refuse_unlabeled_groups
from skexpand.request.input import Table, check_table, read_input
from skexpand.request.plan import TRANSITIONS, Plan
from skexpand.request.rules import verdicts_on
from skexpand.request.target import TARGET_LAWS, TARGETS, refuse_smoothed_groups
from skexpand.request.totals import STRATEGIES, new_rows_per_class, proportional_codes, stated_codes
from skexpand.target.label_sets import kin_of
from skexpand.target.target import Target
from skexpand.target.unlabeled import stated_shares

if TYPE_CHECKING:
    import networkx as nx

    from skexpand.expansion.blocks import BlockMaker


_OF_SOME_FITS = (
    *("parents_", "synthetic_mask_", "groups_"),
    *("transduction_", "label_distributions_", "label_accuracy_", "label_error_", "inferred_mask_"),
    "target_names_",
)


class ExpansiveSynthesizer(ShownInNotebooks, NoTransformer, BaseOverSampler):
    """Expand a small labelled table into a large one that trains better classifiers.

    An autoencoder with self-attention encodes the rows. Within each class, the edges of a nearest-neighbour graph and
    of a random expander graph are treated as steps of a dynamical system. A Koopman operator models what these steps
    have in common, and new rows are made by recombining the residuals, so that they keep the variance of the real rows.
    The method extends [1]_.

    .. versionadded:: 0.1

    Parameters
    ----------
    target : {"classes", "numbers", "label_sets"}, default="classes"
        What y is. imbalanced-learn's samplers take classes only and refuse anything else, so the others must be named.

        - "classes": one label for each row.
        - "numbers": one measurement, or several. They join the columns, edges lead to rows near in X and y, and each
          new row brings its own, within the bounds and with the decimals of those seen.
        - "label_sets": zeros and ones in a column for each label. Each set counts as a class, so new rows have sets
          that exist; a set of few rows borrows from the most similar ones.
    target_law : {"smooth", "recombined"}, default="smooth"
        Where new rows have their numbers from. Only used with ``target="numbers"``.

        - "smooth": several regressors trained on the real rows, weighed by their error on held-out rows. So new rows
          carry the function that fits this table best to a learner that does not find it alone.
        - "recombined": as another column. So numbers keep their spread given the columns, which quantile losses and
          prediction intervals need and which is noise to most other learners.
    n_bins : int, default=8
        Maximum number of levels of the numbers, which play the part of classes. There are fewer if a level would have
        fewer than five rows, but at least two. Only used with ``target="numbers"``.
    sampling_strategy : float, str, dict or callable, default="auto"
        The number of rows of each class.

        - dict, or callable taking y and returning one: the total of each class, including the originals;
        - "auto", "not majority", "all": every class gets the size of the largest; "minority": only the smallest
          class does; "not minority": all but the smallest do; "stratified": each class keeps its own size;
          "halfway": each class gets the geometric mean of its size and the largest;
        - float (two classes only): the minority gets this share of the majority's size.

        Names and floats have the same meaning as in :class:`imblearn.over_sampling.SMOTE`; ``expansion_ratio`` then
        multiplies the totals. A label set counts as a class, named by its tuple of zeros and ones; "stratified" keeps
        the frequencies of the labels. With numbers every level gets as many rows, and only "auto" and "stratified",
        which are the same then, are allowed.
    expansion_ratio : "auto" or float >= 1, default="auto"
        Factor on the totals. "auto" is 2,000 / n, but at least 2 and at most 100: about 2,000 rows in all, since small
        data sets gain from many rows and large ones need few. For label sets, n is the sum of the totals, as these are
        many already. With 1, the sampler is a drop-in replacement for SMOTE.
    law : {"auto", "local", "global", "shrunk"} or dict, default="auto"
        How new rows are made. "local" keeps the anchor and adds differences of neighbours (for thin manifolds);
        "global" forgets the anchor and recombines deviations from the class mean (for clouds); "shrunk" is between the
        two and uses the Koopman operator with Ledoit-Wolf shrinkage. A dict gives the weights of a mixture. "auto"
        derives the weights from the shrinkage of the pooled covariance, or uses "local" alone if validation inside the
        training rows supports it.
    degree : int, default=4
        Number of residuals that each new row recombines, and degree of the expander graph.
    n_neighbors : int, default=5
        Number of nearest neighbours of the same class to which each row has a local edge.
    pooling : "auto" or float in [0, 1], default="auto"
        Share of edges drawn from all classes instead of the row's own. With "auto" it depends on the component: one
        half, or less for larger classes.
    spread : "auto" or float in [0, 1e6], default="auto"
        Factor on the recombined residuals. 1 keeps the variance, and is the value of "auto" for tables. For images,
        "auto" chooses it by cross-validation inside the training rows.
    transport : {"gaussian", "marginal"} or None, default=None
        Optimal transport after sampling. "gaussian" maps the covariance of each class exactly to the target of the law.
        "marginal" also matches the distribution of each column within each class, at the expense of what learners gain.
        None does nothing.
    n_heads : int, default=4
        Number of attention heads of encoder and decoder, which work on patches of the row or image.
    latent_dim : int, default=None
        Size of the latent space. If None, every direction in which the columns vary is kept (with more columns than
        rows, as many as there are rows, but at least 256). For images, None means an eighth of the pixels, but 16 to
        64.
    image_shape : "auto", tuple or None, default=None
        The shape of an image, if rows are flattened images: ``(h, w)``, ``(c, h, w)`` or ``(h, w, c)`` with 1 or 3
        channels; "auto" assumes square images. New images keep the type and range of the values seen.
        ``categorical_features``, ``missing`` and ``bounds`` must keep their defaults.
    transition : {"auto", "deformation", "latent", "both"}, default="auto"
        How a new image differs from a real one. Only used with ``image_shape``.

        - "deformation": it is moved and bent as images of a class differ. No network is trained: ``latent_dim``,
          ``law``, ``transport`` and ``loss_weights`` must keep their defaults, ``n_heads`` and ``max_epochs`` to
          ``validation_fraction`` are ignored.
        - "latent": the law of tables in the latent space of a convolutional autoencoder.
        - "both": it is moved and bent, and then changed by what flows do not explain, in the latent space of such an
          autoencoder, if held-out images gain from it. ``law`` and ``transport`` must keep their defaults.
        - "auto": "deformation", or, after ``pretrain``, "both" if held-out images clearly gain from it. An autoencoder
          trained on a small data set alone did not help on the image data sets that were tried.
    categorical_features : "auto" or array-like, default="auto"
        Columns of numbers that are categories: their names, positions, or a mask. Text and category columns are always
        recognized; "auto" adds none.
    missing : {"model", "impute"}, default="model"
        How missing cells (NaN, None, NA, NaT) are handled. "model" gives new rows missing values at the rate and in the
        pattern of their class; "impute" makes complete new rows. Originals are not changed.
    bounds : "data", "open", dict or None, default=None
        Smallest and largest values of new rows. "data" keeps every column within the values seen. So does None in a
        DataFrame, except for floats of either sign with all their digits (scores, standardized columns). In an array,
        None keeps whole numbers without a negative one within the values seen and other columns without a negative
        value positive, or not negative; the others are free. "open" lets new values leave the range seen: in a
        DataFrame, columns without a negative value do not become negative; in an array, only the type counts. A dict
        gives ``(low, high)`` by column (its name, or its position in an array), where None means no limit. Far
        outliers do not count as seen (see ``columns_``). Numbers as target are the last column, "target" if columns
        have names.
    rules : list of callable or None, default=None
        Each is called with new rows, in the container of X, and returns a boolean for each row. Rows that break a rule
        are drawn again. With numbers as target, these are the last columns of the rows.
    unlabeled : object, default=None
        The label of rows that have none: -1 as in :mod:`sklearn.semi_supervised`, any other value, or "missing" for
        NaN, None, NA and NaT. Their labels are inferred, and new rows are made from all rows; the totals and the ratio
        refer to the number of labelled rows only. A marker that no row has changes nothing, but raises an error if a
        value of another type reads like it, as -1 like "-1". If None, every row must have a label. Numbers
        as target are inferred by what smooths those of new rows, so ``target_law`` must be "smooth" and at least five
        rows have a number; of several numbers, such a row has the marker in all columns. Not for label sets.
    class_shares : {"balanced"}, dict or None, default=None
        Known shares of the classes among all rows, if some have no label: a dict of shares by label, where classes left
        out share the rest, or "balanced". Known shares are worth many labels. If None, they are unknown and assumed to
        be halfway between those of the labelled rows and those that the rows suggest. Only used with
        ``target="classes"``.
    max_epochs : int, default=100
        Maximum number of epochs; 0 keeps the linear autoencoder.
    learning_rate : float, default=0.001
        Step size of Adam.
    loss_weights : dict, default=None
        Weights of "reconstruction", "classification", "koopman", "transport" and "covariance" in the training
        loss; those left out keep their defaults 1.0, 0.0, 0.1, 0.1, 0.1, and for images 1.0 and otherwise 0.0.
    early_stopping : bool, default=True
        Hold out rows, keep the epoch that reconstructs them best (which may be epoch 0, PCA), and stop after 10 epochs
        without improvement. If PCA is exact, nothing is trained.
    validation_fraction : float in (0, 1), default=0.2
        Share of rows held out.
    core : path, ExpansiveSynthesizer or None, default=None
        A synthesizer on which :meth:`pretrain` was called, or the file that it was saved to: training starts from its
        network. Unlike the state of :meth:`pretrain`, it survives :func:`sklearn.base.clone`, and therefore
        cross-validation and searches. A file is read once per process.
    device : str, default="auto"
        Torch device of the network; "auto" uses a GPU if there is one.
    n_jobs : int or None, default=None
        Number of threads that make new rows, where more than 16,384 (1,024 images) are made; -1 uses all cores. The
        rows are the same for any number. None means 1, unless a :func:`joblib.parallel_config` with backend "threading"
        says otherwise. ``rules`` are called in these threads.
    verbose : int, default=0
        1 shows a progress bar while training.
    random_state : int, RandomState instance or None, default=None
        The same integer and the same rows give bitwise identical results. None draws fresh entropy. The global random
        state is never used.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or (n_classes, n_labels)
        The class labels; the label sets; the levels of numbers, from 0.
    sampling_strategy_ : dict
        Number of new rows per class.
    law_ : dict
        Weight of each component in the mixture; for images, "deformation" or "both" alone, unless the transition is
        "latent".
    koopman_ : ndarray of shape (latent_dim, latent_dim)
        The Koopman operator of the edges (of component "shrunk"). For images only with transition "latent".
    koopman_eigenvalues_ : ndarray of shape (latent_dim,)
        Its eigenvalues in [0, 0.98], ascending: near 1 for directions that persist along edges. For images
        only with transition "latent".
    spectral_gap_ : ndarray of shape (n_classes,)
        Normalized spectral gap of each class's expander graph, in [0, 1]; 0 for a class with one row.
    spread_ : float
        The spread that was used.
    explained_ : float
        Share of the squared difference between the images of an edge, slightly blurred, that their flow explains. Only
        for images that are deformed.
    consistency_ : float
        How well the flow of a reversed edge undoes that of the edge: near 1 if flows are movements, near 0 if they fit
        only by chance, as between photographs. Only for images that are deformed.
    transition_ : str
        The transition that was used: "deformation", "latent" or "both". Only for images.
    appearance_ : float
        The factor on what flows do not explain; 0 if "auto" found that it does not help. Only for transition "both",
        and for "auto" after ``pretrain``.
    image_shape_ : tuple
        The shape of an image. Only for images.
    mirrored_ : bool
        Whether half of the new images are mirrored, left to right. They are if mirrored images of a class are as close
        to its images as these are to each other, as in photographs but not in digits. Only for images that are
        deformed.
    reconstruction_error_ : float
        Squared error of decoding the encoded rows, relative to their variance; 0 for images if no autoencoder is
        trained.
    diversity_ : float
        Distance of new rows to the closest real row, relative to that among real rows (medians; 1 is as far apart
        as real rows).
    distribution_shift_ : float
        Sliced Wasserstein-2 distance between the deviations of new and real rows from their class means, in
        standard deviations.
    outlying_ : float
        Number of values that lie far from all others of their column; ``columns_`` names them.
    history_ : History
        Losses and held-out reconstruction per epoch. Not available if no network is trained.
    pretrain_history_ : list of History
        The same for each call of ``pretrain``. Only after ``pretrain``.
    n_iter_ : int
        The epoch whose weights were kept. Not available if no network is trained.
    expansion_graph_ : networkx.Graph
        The within-class graph: a node per row, edges of kind "local" and "expander". Built on first access.
    parents_ : mapping of str to ndarray
        How each new row of ``fit_resample`` was made, in their order: "row" (n_new,) of the result, its "class" (of
        label sets, their position in ``classes_``), the "component" of the law, the "anchor", a row of the table,
        "sources" and "targets" (n_new, degree), the ends of the edges, and their "weights" (n_new, degree); ends are
        -1 and weights 0 where nothing was recombined. ``parents_.to_frame()`` returns a pandas DataFrame. Only after
        ``fit_resample``.
    synthetic_mask_ : ndarray of shape (n_samples_new,)
        Which rows ``fit_resample`` returned are new. Only after ``fit_resample``.
    groups_ : ndarray of shape (n_samples_new,)
        The group of each row ``fit_resample`` returned. Only after ``fit_resample`` with groups.
    transduction_ : ndarray of shape (n_samples,) or (n_samples, n_targets)
        The label or number of each row of ``fit``, inferred where it had none. Only where some rows have no label.
    label_distributions_ : ndarray of shape (n_samples, n_classes)
        How likely each class is for each row of ``fit``. Only where some rows have no label, and not for numbers.
    label_accuracy_ : float
        Share of held-out labels that were found; NaN if there are too few labels to hold some out. Only where some rows
        have no label, and not for numbers.
    label_error_ : float
        Mean absolute error on held-out rows of the regressors that infer numbers, as a share of that of always
        predicting the mean: near 0 if they are good, 1 if they know nothing; NaN if fewer than ten rows have a number.
        Only for numbers, where some rows have none.
    inferred_mask_ : ndarray of shape (n_samples_new,)
        Which rows that ``fit_resample`` returned have an inferred label. Only where some rows have no label.
    columns_ : list of Column
        How each column is interpreted: name, kind, type, missing cells, bounds, categories. Its ``describe()`` returns
        one line. Numbers as target come last.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns; only if X has names that are all strings.
    target_names_ : ndarray of shape (n_targets,)
        Names of the columns of y. Only if y is a DataFrame.

    See Also
    --------
    ExpandedClassifier : The same as a plain classifier, for scikit-learn's own Pipeline.
    skexpand.pipeline.Pipeline : The Pipeline in which a sampler can be a step.

    References
    ----------
    .. [1] Jebraeeli, V., Jiang, B., Krim, H. and Cansever, D., "Generative Expansion of Small Datasets: An Expansive
       Graph Approach", arXiv:2406.17238, 2024.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansiveSynthesizer
    >>> X, y = load_wine(return_X_y=True)
    >>> X_big, y_big = ExpansiveSynthesizer(expansion_ratio=10, random_state=0).fit_resample(X, y)
    >>> X_big.shape
    (2130, 13)
    >>> bool((X_big[: len(X)] == X).all())
    True

    Numbers as target:

    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> sampler = ExpansiveSynthesizer(target="numbers", target_law="recombined", random_state=0)
    >>> X_big, y_big = sampler.fit_resample(X[:60], y[:60])
    >>> X_big.shape, y_big.shape
    ((2000, 10), (2000,))

    Label sets, here of two labels:

    >>> from sklearn.datasets import make_multilabel_classification
    >>> X, y = make_multilabel_classification(60, n_classes=2, random_state=0)
    >>> X_big, y_big = ExpansiveSynthesizer(target="label_sets", random_state=0).fit_resample(X, y)
    >>> y_big.shape[1]
    2
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "target": [StrOptions(set(TARGETS))],
        "target_law": [StrOptions(set(TARGET_LAWS))],
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        "sampling_strategy": [
            Interval(Real, 0, 1, closed="right"),
            StrOptions(set(STRATEGIES)),
            Mapping,
            callable,
        ],
        "expansion_ratio": [StrOptions({"auto"}), Interval(Real, 1, None, closed="left")],
        "law": [StrOptions({"auto", *COMPONENTS}), Mapping],
        "degree": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"auto"}), Interval(Real, 0, 1, closed="both")],
        "spread": [StrOptions({"auto"}), Interval(Real, 0, 1e6, closed="both")],
        "transport": [StrOptions({"gaussian", "marginal"}), None],
        "n_heads": [Interval(Integral, 1, 64, closed="both")],
        "latent_dim": [Interval(Integral, 1, None, closed="left"), None],
        "image_shape": [StrOptions({"auto"}), tuple, list, None],
        "transition": [StrOptions(set(TRANSITIONS))],
        "categorical_features": [StrOptions({"auto"}), "array-like"],
        "missing": [StrOptions({"model", "impute"})],
        "bounds": [StrOptions({"data", "open"}), Mapping, None],
        "rules": [list, tuple, None],
        "unlabeled": "no_validation",
        "class_shares": [StrOptions({"balanced"}), Mapping, None],
        "max_epochs": [Interval(Integral, 0, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "loss_weights": [Mapping, None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "core": [str, PathLike, HasMethods(["pretrain"]), None],
        "device": [str],
        "n_jobs": [Interval(Integral, 1, None, closed="left"), Interval(Integral, None, -1, closed="right"), None],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        target: str = "classes",
        target_law: str = "smooth",
        n_bins: int = 8,
        sampling_strategy: str | float | Mapping[Any, int] | Callable[..., Any] = "auto",
        expansion_ratio: str | float = "auto",
        law: str | Mapping[str, float] = "auto",
        degree: int = 4,
        n_neighbors: int = 5,
        pooling: str | float = "auto",
        spread: str | float = "auto",
        transport: str | None = None,
        n_heads: int = 4,
        latent_dim: int | None = None,
        image_shape: str | Sequence[int] | None = None,
        transition: str = "auto",
        categorical_features: str | Sequence[Any] | NDArray[Any] = "auto",
        missing: str = "model",
        bounds: str | Mapping[Any, tuple[Any, Any]] | None = None,
        rules: Sequence[Callable[[Any], Any]] | None = None,
        unlabeled: Any = None,
        class_shares: str | Mapping[Any, float] | None = None,
        max_epochs: int = 100,
        learning_rate: float = 1e-3,
        loss_weights: Mapping[str, float] | None = None,
        early_stopping: bool = True,
        validation_fraction: float = 0.2,
        core: str | PathLike[str] | ExpansiveSynthesizer | None = None,
        device: str = "auto",
        n_jobs: int | None = None,
        verbose: int = 0,
        random_state: RandomState = None,
    ) -> None:
        self.target = target
        self.target_law = target_law
        self.n_bins = n_bins
        self.sampling_strategy = sampling_strategy
        self.expansion_ratio = expansion_ratio
        self.law = law
        self.degree = degree
        self.n_neighbors = n_neighbors
        self.pooling = pooling
        self.spread = spread
        self.transport = transport
        self.n_heads = n_heads
        self.latent_dim = latent_dim
        self.image_shape = image_shape
        self.transition = transition
        self.categorical_features = categorical_features
        self.missing = missing
        self.bounds = bounds
        self.rules = rules
        self.unlabeled = unlabeled
        self.class_shares = class_shares
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.loss_weights = loss_weights
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.core = core
        self.device = device
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def pretrain(self, X: ArrayLike) -> ExpansiveSynthesizer:
        """Learn encoder and decoder from many rows without labels; ``fit`` then continues from there.

        Another call continues training with the rows it is given, so a long training can be done in parts and saved
        after each. The parameters that the network depends on (``n_heads``, ``latent_dim``, ``image_shape``,
        ``categorical_features``, ``missing``, ``bounds``) must not change. As with all fitted state,
        :func:`sklearn.base.clone` does not copy it.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the same columns and types as those that will be fitted; ideally these rows are included.

        Returns
        -------
        self : ExpansiveSynthesizer
            The pretrained sampler; whether it is fitted does not change.

        Raises
        ------
        ValueError
            If images are only deformed, if X contains infinity, or, in another call, if X has other columns or a
            parameter has changed. Then, and if interrupted, the estimator is as it was before the call.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skexpand import ExpansiveSynthesizer
        >>> X, y = load_wine(return_X_y=True)
        >>> synthesizer = ExpansiveSynthesizer(latent_dim=6, max_epochs=5, random_state=0).pretrain(X)
        >>> X_big, y_big = synthesizer.fit_resample(X[::6], y[::6])
        """
        from skexpand.fitting.pretraining import pretrain  # imports torch

        with unchanged_on_failure(self):
            plan, earlier = Plan.of(self, pretrained=True), vars(self)
            table = check_table(clone(self), X, reset=True)
            before = earlier.get("_core") or stated_core(self.core, type(self))
            with isolated():
                core, history = pretrain(table, plan, make_generator(self.random_state), before)
            self._core: Core[Any] = core
            self.pretrain_history_ = [*earlier.get("pretrain_history_", []), history]
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> ExpansiveSynthesizer:
        """Fit the sampler to a table; ``sample`` then makes rows.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of numbers, categories and dates, with or without missing values. Sparse rows are made dense for
            training.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Class labels of any type; at least two classes. A class may have a single row. With another ``target``,
            numbers or zeros and ones, in columns if there are several. ``unlabeled`` marks rows without.

        Returns
        -------
        self : ExpansiveSynthesizer
            The fitted sampler.

        Raises
        ------
        ValueError
            If X contains infinity, y has missing values or only one class, or is not what ``target`` says, a parameter
            does not fit the table or the target, or no new rows keep the rules. An estimator that was fitted before is
            unchanged.
        """
        with unchanged_on_failure(self):
            self._train(*read_input(self, X, y))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> tuple[Any, Any]:
        """Fit the sampler to a table and return the expanded table.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of numbers, categories and dates, with or without missing values. Sparse rows are made dense for
            training.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Class labels of any type; at least two classes. A class may have a single row. With another ``target``,
            numbers or zeros and ones, in columns if there are several. ``unlabeled`` marks rows without.
        groups : array-like of shape (n_samples,), default=None
            Which rows belong together (a patient, a batch). Each new row inherits the group of its anchor (see
            ``groups_``) and uses nothing of other rows but statistics of all rows: normal noise replaces recombined
            residuals, and ``law="auto"`` is "local". A split of the result by groups therefore does not leak.

        Returns
        -------
        X_resampled : {ndarray, list, dataframe, sparse matrix} of shape (n_samples_new, n_features)
            The originals, unchanged, followed by the new rows, class by class, in the container and types of X.
        y_resampled : {ndarray, list, series, dataframe, sparse matrix}
            Their labels or numbers, in the container, shape and type of y, inferred where there was the marker.

        Raises
        ------
        ValueError
            As :meth:`fit`.
        MemoryError
            If the rows do not fit into memory.
        """
        with unchanged_on_failure(self):
            table, labels = read_input(self, X, y)
            groups = checked_groups(groups, len(labels.codes))
            refuse_unlabeled_groups(groups, labels)
            refuse_smoothed_groups(self, groups)
            known, rng = self._train(table, labels, apart=groups is not None)
            return self._fit_resample(table, labels, known, rng, groups)

    def _fit_resample(
        self, X: Table, y: Target, known: Labeled, rng: np.random.Generator, groups: NDArray[Any] | None
    ) -> tuple[Any, Any]:
        """Append new rows to the originals and remember their parents."""
        counts = list(self.sampling_strategy_.values())
        new, together = X.room(self._source.schema, sum(counts))
        codes = np.repeat(np.arange(len(counts)), counts)
        lineage = Lineage(self._expansion, len(codes))
        self._source.fill(new, codes, rng, lineage.record, self.n_jobs)
        named = self.classes_[codes] if self.classes_.ndim == 1 else codes
        self.parents_ = lineage.parents(len(y.codes), named, known.anchors)
        self.synthetic_mask_ = np.arange(len(y.codes) + len(codes)) >= len(y.codes)
        if groups is not None:
            self.groups_ = np.concatenate([groups, groups[self.parents_["anchor"]]])
        if known.is_inferred:
            self.inferred_mask_ = np.append(y.codes == UNLABELED, np.zeros(len(codes), bool))
        return together(), y.followed_by(codes, known.codes, known.target_of(new, self._source))

    def sample(
        self,
        n_samples: int,
        y: Any = None,
        random_state: RandomState = None,
        *,
        given: Given | None = None,
        rules: Sequence[Callable[[Any], Any]] | None = None,
        bounds: str | Mapping[Any, tuple[Any, Any]] | None = None,
    ) -> tuple[Any, NDArray[Any]]:
        """Make any number of new rows, of all sorts or as they are wanted.

        Rows are made in chunks, so the memory in addition to the resulting array does not grow with their number.
        DataFrames and sparse matrices are converted from such an array at once, and need a few times as much.

        Parameters
        ----------
        n_samples : int
            Number of new rows.
        y : label or array-like of shape (n_samples,), default=None
            The class of all new rows, or of each row; a label set of all, or one per row. If None, classes have the
            proportions of the training rows that fulfil what is given. Numbers as target are stated as a column in
            ``given``.
        random_state : int, RandomState instance or None, default=None
            If None, the estimator's ``random_state``.
        given : dict, default=None
            What all new rows have in common, by column (its name, or its position in an array): a value, such as
            ``{"sex": "F"}``; a range ``(low, high)``, ends included, where None is an open end; None or NaN for a
            missing cell; or a list of these, of which any will do. The other columns follow those of the training rows
            that fulfil it, or come nearest. Only for tables.

            .. versionadded:: 0.1
        rules : list of callable or None, default=None
            Rules that these rows keep in addition to those of the constructor.

            .. versionadded:: 0.1
        bounds : "data", dict or None, default=None
            Bounds of the columns that it names, in place of those of the fit, as in the constructor. Only for tables.

            .. versionadded:: 0.1

        Returns
        -------
        X_new : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
            New rows, in the container and types of the X given to ``fit``.
        y_new : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Their labels, label sets or numbers.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If n_samples is negative, y has a different length, a label is unknown, or y states numbers; if ``given`` or
            ``bounds`` names an unknown column or what is no value of its column, no training row (of a class in y)
            fulfils what is given or comes near it, or hardly any new row keeps the rules.
        TypeError
            If ``given`` is not a dict or a rule not a function.
        MemoryError
            If the rows do not fit into memory.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skexpand import ExpansiveSynthesizer
        >>> X, y = load_wine(return_X_y=True)
        >>> synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(X, y)
        >>> X_new, y_new = synthesizer.sample(1000, y=2)
        >>> X_new.shape, set(y_new.tolist())
        ((1000, 13), {2})
        >>> X_new, _ = synthesizer.sample(1000, given={0: (13, 13.5)})  # alcohol is the first column
        >>> bool((X_new[:, 0] >= 13).all() and (X_new[:, 0] <= 13.5).all())
        True
        """
        check_is_fitted(self)
        check_counts(0, n_samples=n_samples)
        refuse_stated_numbers(self._source.schema, y)
        rng = make_generator(self.random_state if random_state is None else random_state)
        codes = None if y is None else stated_codes(n_samples, y, self.classes_)
        with isolated():
            source = on_demand(self._source, given, rules, bounds, codes, rng)
        return self._draw(n_samples, codes, rng, source)

    def _draw(
        self, n_samples: int, codes: IntArray | None, rng: np.random.Generator, source: Source
    ) -> tuple[Any, NDArray[Any]]:
        """Make rows of these classes, or in the source's proportions."""
        rows = self._source.schema.room(n_samples)
        if codes is None:
            codes = proportional_codes(n_samples, source.expansion.counts, rng)
        source.fill(rows, codes, rng, n_jobs=self.n_jobs)
        return self._source.schema.write(rows), self._source.labels_of(rows, codes)

    def sample_batches(
        self,
        n_samples: int | Mapping[Any, int],
        batch_size: int = 100_000,
        random_state: RandomState = None,
        *,
        given: Given | None = None,
        rules: Sequence[Callable[[Any], Any]] | None = None,
        bounds: str | Mapping[Any, tuple[Any, Any]] | None = None,
    ) -> Iterator[tuple[Any, NDArray[Any]]]:
        """Make any number of new rows in batches, in the memory of one batch.

        Each batch has rows of all classes, class by class, in the same proportions. Batches are the parts that
        :func:`skexpand.parts.to_parquet` writes for the same request and seed, and not the rows of :meth:`sample`.

        .. versionadded:: 0.1

        Parameters
        ----------
        n_samples : int or dict
            Number of new rows, in the proportions of the training rows (of those that fulfil what is given), or of each
            class; label sets are tuples.
        batch_size : int, default=100_000
            Maximum number of rows in a batch; batches differ by at most one row.
        random_state : int, RandomState instance or None, default=None
            If None, the estimator's ``random_state``.
        given, rules, bounds : default=None
            What all new rows have in common, as in :meth:`sample`.

        Returns
        -------
        batches : iterator of tuple (X_new, y_new)
            New rows, in the container and types of the X given to ``fit``, and an array of their labels, label sets or
            numbers. Each batch is made when it is asked for.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If a number is negative, a label is unknown, or no training row comes near what is given. These errors are
            raised by the call, before the first batch.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from sklearn.linear_model import SGDClassifier
        >>> from skexpand import ExpansiveSynthesizer
        >>> X, y = load_wine(return_X_y=True)
        >>> synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
        >>> model = SGDClassifier(random_state=0)
        >>> for X_new, y_new in synthesizer.sample_batches(10_000, batch_size=1_000):
        ...     model = model.partial_fit(X_new, y_new, classes=synthesizer.classes_)
        """
        return sample_batches(self, n_samples, batch_size, random_state, Demand(given, rules, bounds))

    def encode(self, X: ArrayLike) -> NDArray[np.float64]:
        """Map rows to the latent space.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the same columns as in ``fit``.

        Returns
        -------
        Y : ndarray of shape (n_samples, latent_dim)
            Latent rows. For images that are only deformed, their pixels, channels first, with the background at 0.
        """
        check_is_fitted(self)
        schema = self._source.schema
        refuse_without_target(schema, "encode")
        rows = schema.read(check_table(self, X, reset=False, numbers=schema.fields is None))
        with isolated():
            return self._expansion.encode(rows)

    def decode(self, Y: ArrayLike) -> Any:
        """Map latent rows back to the table, to valid values of each column.

        Parameters
        ----------
        Y : array-like of shape (n_samples, latent_dim)
            Latent rows.

        Returns
        -------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows in the container and types of the X given to ``fit``.
        """
        check_is_fitted(self)
        refuse_without_target(self._source.schema, "decode")
        latents = check_array(Y, dtype=np.float64)
        if np.abs(latents).max() > np.finfo(np.float32).max:
            raise ValueError(
                "Y contains numbers too large for the network, which computes in float32; pass what encode returned."
            )
        if latents.shape[1] != self._expansion.latent_dim:
            raise ValueError(
                f"Y has {latents.shape[1]} columns, but the latent space has {self._expansion.latent_dim} dimensions; "
                "pass what encode returned."
            )
        with isolated():
            rows = self._expansion.decode(latents, self._source.schema.dtype)
        return self._source.schema.write(rows)

    def save(self, path: str | PathLike[str]) -> None:
        """Save the synthesizer to one file: its parameters and fitted state.

        The file is a .safetensors file: numbers as tensors, the rest as JSON in its metadata, and no code. It is
        written completely or not at all. It contains enough to reconstruct your rows (the categories, codes and latent
        vector of each), so protect it as you protect the table.

        Parameters
        ----------
        path : str or path
            Path of the file; an existing file is replaced.

        Raises
        ------
        ValueError
            If a parameter cannot be stored (``rules`` and a callable ``sampling_strategy`` are functions, a RandomState
            has a state), if a column's type or a label cannot be stored, or if the path cannot be written to. Then
            nothing is written.

        See Also
        --------
        load : Read it.
        """
        from skexpand.storage.estimator import save

        save(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> ExpansiveSynthesizer:
        """Load a synthesizer that :meth:`save` wrote; it behaves as before.

        Files of earlier releases load, too. Only data is read, so an untrusted file cannot run code. A file written on
        a machine with a GPU can be loaded without one: if the ``device`` is not available, it becomes "auto".

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        synthesizer : ExpansiveSynthesizer
            The synthesizer with its parameters and fitted attributes.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it was not written by :meth:`save`, is in a newer format, or is truncated or damaged.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from sklearn.datasets import load_wine
        >>> from skexpand import ExpansiveSynthesizer
        >>> synthesizer = ExpansiveSynthesizer(random_state=0).fit(*load_wine(return_X_y=True))
        >>> with TemporaryDirectory() as folder:
        ...     synthesizer.save(Path(folder, "wine.safetensors"))
        ...     again = ExpansiveSynthesizer.load(Path(folder, "wine.safetensors"))
        >>> bool((again.sample(5)[0] == synthesizer.sample(5)[0]).all())
        True
        """
        from skexpand.storage.estimator import load

        return load(cls, path)

    @property
    def expansion_graph_(self) -> nx.Graph:
        """The within-class graph: a node per row, edges of kind "local" and "expander"."""
        return to_networkx(self._expansion.labels, self._expansion.class_graph())

    @property
    def _expansion(self) -> BlockMaker:
        return self._source.expansion

    def _train(self, X: Table, y: Target, apart: bool = False) -> tuple[Labeled, np.random.Generator]:
        """Set all fitted attributes; return the labels of all rows, and the generator, advanced past training."""
        rng = make_generator(self.random_state)
        self.sampling_strategy_ = new_rows_per_class(y, self.sampling_strategy, self.expansion_ratio)
        self.classes_ = y.classes
        core = vars(self).get("_core") or stated_core(self.core, type(self))
        plan = Plan.of(self, core is not None, apart)
        shares = stated_shares(self.class_shares, y.classes, y.counts)
        schema = schema_beside(X.checked, y, plan, core)
        n_targets = 0 if y.columns is None else y.columns.shape[1]
        rows = Rows(read_beside(schema, X.checked, y), y.codes, schema.columns, kin_of(y), n_targets)
        verdicts_on(shown_beside(X.checked, y), plan.rules)  # before any training: a rule that gives none fails here
        with isolated():
            known = label_rows(rows, shares, plan, rng, core)
            fitted = fit_expansion(rows.taken(known), plan, rng, core)
            signs = measure_failure_signs(fitted, schema.columns, rng)
        self._forget()
        if is_frame(y.original):
            self.target_names_ = np.array([str(name) for name in y.original.columns], object)
        smoothing = smoothing_of(rows, plan, rng) if known.numbers is None else known.numbers.smoothing
        self._source: Source = Source(fitted.expansion, schema, self.classes_, plan.rules, smoothing)
        self._show()
        self.__dict__.update({f"{name}_": value for name, value in signs.items()})
        self.__dict__.update(known.attributes(self._source))
        return known, rng

    def _show(self) -> None:
        """Set the attributes that follow from what makes new rows."""
        self.classes_, self.columns_ = self._source.classes, self._source.schema.columns
        self.__dict__.update(self._expansion.attributes())

    def _restore(self, state: dict[str, Any]) -> None:
        """Set the stored state."""
        self.__dict__.update(state)
        if "_source" in state:
            self._show()

    def _forget(self) -> None:
        """Delete attributes that only some fits set."""
        earlier = self._expansion.attributes() if "_source" in vars(self) else ()
        for name in (*_OF_SOME_FITS, *earlier):
            self.__dict__.pop(name, None)

    def __sklearn_clone__(self) -> ExpansiveSynthesizer:
        twin: ExpansiveSynthesizer = _clone_parametrized(self)
        twin.core = self.core  # as it is: what it has learned is what it is given for
        return twin

    def __sklearn_is_fitted__(self) -> bool:
        return "_source" in vars(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.non_deterministic = False
        return tags
