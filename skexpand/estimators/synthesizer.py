"""``ExpansiveSynthesizer``: parameters, ``fit``, ``fit_resample``, ``sample``. The mathematics is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context, clone
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_array, check_is_fitted

from skexpand.base.no_transformer import NoTransformer
from skexpand.base.random import RandomState, make_generator, one_thread
from skexpand.base.unchanged import unchanged_on_failure
from skexpand.dynamics.components import COMPONENTS
from skexpand.dynamics.graph import to_networkx
from skexpand.expansion.core import Core
from skexpand.expansion.drawing import Source
from skexpand.expansion.provenance import parents_of_result
from skexpand.fitting.choice import schema_and_fit
from skexpand.fitting.pretraining import pretrain
from skexpand.fitting.signs import measure_failure_signs
from skexpand.request.counts import check_counts
from skexpand.request.groups import checked_groups, law_for_groups
from skexpand.request.input import Table, check_table, read_input
from skexpand.request.plan import TRANSITIONS, Plan
from skexpand.request.rules import checked_rules
from skexpand.request.totals import STRATEGIES, new_rows_per_class, proportional_codes, stated_codes
from skexpand.target.classes import Labels

if TYPE_CHECKING:
    import networkx as nx

    from skexpand.expansion.blocks import BlockMaker


class ExpansiveSynthesizer(NoTransformer, BaseOverSampler):
    """Expand a small labelled table into a large one that trains better classifiers.

    An autoencoder with self-attention encodes the rows; inside each class, edges of a nearest-neighbour graph and
    of a random expander graph are taken as steps of the data's own dynamics; a Koopman operator learns what these
    steps have in common; and new rows arise by recombining what is left over, so that they keep the variance of
    the real ones. The method extends [1]_.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        How many rows each class shall have.

        - dict, or callable taking y and returning one: each class's total, originals included, taken as it is;
        - "auto", "not majority", "all": every class gets the size of the largest; "minority": only the smallest
          class does; "not minority": all but the smallest do; "stratified": each class keeps its own size;
          "halfway": each class gets the geometric mean of its size and the largest;
        - float (two classes only): the minority gets this share of the majority's size.

        Names and floats mean what they mean in :class:`imblearn.over_sampling.SMOTE`, and ``expansion_ratio`` then
        multiplies the totals.
    expansion_ratio : "auto" or float >= 1, default="auto"
        Factor on the totals. "auto" is 2,000 / n, at least 2 and at most 100: some 2,000 rows in all, since learners
        of small sets gain from many rows and large sets need few. With 1, the class is a drop-in for SMOTE.
    n_heads : int, default=4
        Attention heads of encoder and decoder, which look at patches of the row or image.
    latent_dim : int, default=None
        Size of the latent space. None keeps every direction in which the columns vary (with more columns than rows, as
        many as there are rows, but at least 256 of them). For images, None is an eighth of the pixels, but 16 to 64.
    degree : int, default=4
        How many residuals each new row recombines, and the degree of the expander graph.
    n_neighbors : int, default=5
        Nearest neighbours of the same class that each row has a local edge to.
    law : {"auto", "local", "global", "shrunk"} or dict, default="auto"
        How new rows arise. "local" keeps the anchor and adds neighbour differences (thin manifolds); "global"
        forgets the anchor and recombines deviations from the class mean (clouds); "shrunk" lies between, by the
        Koopman operator, with Ledoit-Wolf shrinkage. A dict gives the weights of a mixture. "auto" takes them
        from the shrinkage of the pooled covariance, or "local" alone if validation inside the training rows prefers it.
    pooling : "auto" or float in [0, 1], default="auto"
        Share of edges taken from all classes instead of the row's own. "auto" lets each component decide: one half,
        or less as the class grows.
    spread : "auto" or float in [0, 1e6], default="auto"
        Factor on the recombined residuals. 1 keeps the variance, and is what "auto" takes for tables. For images "auto"
        finds it by cross-validation inside the training rows, because clothes bear less bending than digits.
    transport : {"gaussian", "marginal"} or None, default=None
        What optimal transport does after sampling: "gaussian" makes each class's covariance exactly what the law aims
        at; "marginal" matches each column's distribution within each class as well, which keeps marginals at the price
        of what learners gain; None does nothing.
    image_shape : "auto", tuple or None, default=None
        The shape of an image, if rows are flattened images: ``(h, w)``, ``(c, h, w)`` or ``(h, w, c)`` with 1 or 3
        channels; "auto" takes square images. New images keep type and range of the values seen.
        ``categorical_features``, ``missing`` and ``bounds`` must keep their defaults.
    transition : {"auto", "deformation", "latent", "both"}, default="auto"
        How a new image differs from a real one; only with ``image_shape``.

        - "deformation": it is moved and bent as others of a class differ. No network is trained: ``latent_dim``,
          ``law``, ``transport`` and ``loss_weights`` must keep their defaults, ``n_heads`` and ``max_epochs`` to
          ``validation_fraction`` are not asked.
        - "latent": the law of tables in the latent space of a convolutional autoencoder.
        - "both": moved and bent, and then changed by what flows leave over, in the latent space of such an autoencoder,
          as far as held-out images gain by it. ``law`` and ``transport`` must keep their defaults.
        - "auto": "deformation", or, after ``pretrain``, "both" as far as held-out images clearly gain by it. The
          autoencoder of a small set alone did not pay on the sets of images that were tried.
    categorical_features : "auto" or array-like, default="auto"
        Columns whose values are categories although they are numbers: their names, positions, or a mask. Text and
        category columns are recognized in any case; "auto" adds none.
    missing : {"model", "impute"}, default="model"
        What becomes of missing cells (NaN, None, NA, NaT). "model" gives new rows gaps at the rate and in the pattern
        of their class; "impute" makes complete new rows. Originals stay as they are.
    bounds : "data", "open", dict or None, default=None
        Smallest and largest values of new rows. "data" keeps every column within the values seen, and so does None in
        a DataFrame. In an array, None keeps whole numbers without a negative one within the values seen and other
        columns without a negative value positive, or not negative; the others are free. "open" lets new values leave
        the range seen: in a DataFrame, columns without a negative value do not become negative; in an array, only the
        type counts. A dict gives ``(low, high)`` by column (its name; its position in an array), None being an open
        end. Far outliers do not count as seen (see ``columns_``).
    rules : list of callable or None, default=None
        Each takes new rows, in the container of X, and returns a boolean for each: rows that break a rule are
        drawn again.
    max_epochs : int, default=100
        Most epochs of training; 0 keeps the linear autoencoder.
    learning_rate : float, default=0.001
        Step size of Adam.
    loss_weights : dict, default=None
        Weights of "reconstruction", "classification", "koopman", "transport" and "covariance" in the training
        loss; those left out keep their defaults 1.0, 0.0, 0.1, 0.1, 0.1, and for images 1.0 and otherwise 0.0.
    early_stopping : bool, default=True
        Hold rows out, keep the epoch that reconstructs them best (epoch 0, PCA, included), and stop after 10
        epochs without improvement. Where PCA is exact, nothing is trained.
    validation_fraction : float in (0, 1), default=0.2
        Share of rows held out.
    device : str, default="auto"
        Torch device of the network; "auto" takes a GPU if there is one.
    verbose : int, default=0
        1 shows a progress bar while training.
    random_state : int, RandomState instance or None, default=None
        Same integer and same rows give the same result, bit for bit. None draws fresh entropy; the global random
        state is never touched.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
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
        Normalized spectral gap of each class's expander graph, in [0, 1]; 0 for a class of one row.
    spread_ : float
        The spread that was used.
    explained_ : float
        Share of the squared difference between the images of an edge, slightly blurred, that their flow explains. Only
        for images that are deformed.
    consistency_ : float
        How far the flow of a reversed edge undoes that of the edge: near 1 where flows are movements, near 0 where they
        merely fit, as between photographs. Only for images that are deformed.
    transition_ : str
        The transition that was used: "deformation", "latent" or "both". Only for images.
    appearance_ : float
        The factor on what flows leave over; 0 where "auto" found that it does not pay. Only for transition "both", and
        for "auto" after ``pretrain``.
    image_shape_ : tuple
        The shape of an image. Only for images.
    mirrored_ : bool
        Whether every other new image is mirrored, left to right: where mirrored images of a class are as close to an
        image as the images themselves, so in photographs and not in digits. Only for images that are deformed.
    reconstruction_error_ : float
        Squared error of decoding the encoded rows, relative to their variance; 0 for images where no autoencoder is
        trained.
    diversity_ : float
        Distance of new rows to the closest real row, relative to that among real rows (medians; 1 is as far apart
        as real rows).
    distribution_shift_ : float
        Sliced Wasserstein-2 distance between the deviations of new and real rows from their class means, in
        standard deviations.
    history_ : History
        Losses and held-out reconstruction per epoch. Not where no network is trained.
    pretrain_history_ : list of History
        The same of each call of ``pretrain``. Only after ``pretrain``.
    n_iter_ : int
        The epoch whose weights were kept. Not where no network is trained.
    expansion_graph_ : networkx.Graph
        The within-class graph: a node per row, edges of kind "local" and "expander". Built when asked for.
    parents_ : mapping of str to ndarray
        Where the new rows of ``fit_resample`` come from, in their order: "row" (n_new,) of the result, its "class",
        the "component" of the law, the "anchor", a row of the table, "sources" and "targets" (n_new, degree), the
        ends of the edges, and their "weights" (n_new, degree); ends are -1 and weights 0 where nothing was
        recombined. ``parents_.to_frame()`` makes it a pandas DataFrame. Only after ``fit_resample``.
    synthetic_mask_ : ndarray of shape (n_samples_new,)
        Which rows ``fit_resample`` returned are new. Only after ``fit_resample``.
    groups_ : ndarray of shape (n_samples_new,)
        The group of each row ``fit_resample`` returned. Only after ``fit_resample`` with groups.
    columns_ : list of Column
        What each column was taken for: name, kind, type, missing cells, bounds, categories; ``describe()`` says it in
        a line.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns; only if X has names that are all strings.

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
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseOverSampler._parameter_constraints,
        "sampling_strategy": [
            Interval(Real, 0, 1, closed="right"),
            StrOptions(set(STRATEGIES)),
            Mapping,
            callable,
        ],
        "expansion_ratio": [StrOptions({"auto"}), Interval(Real, 1, None, closed="left")],
        "n_heads": [Interval(Integral, 1, 64, closed="both")],
        "latent_dim": [Interval(Integral, 1, None, closed="left"), None],
        "degree": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "law": [StrOptions({"auto", *COMPONENTS}), Mapping],
        "pooling": [StrOptions({"auto"}), Interval(Real, 0, 1, closed="both")],
        "spread": [StrOptions({"auto"}), Interval(Real, 0, 1e6, closed="both")],
        "transport": [StrOptions({"gaussian", "marginal"}), None],
        "image_shape": [StrOptions({"auto"}), tuple, list, None],
        "transition": [StrOptions(set(TRANSITIONS))],
        "categorical_features": [StrOptions({"auto"}), "array-like"],
        "missing": [StrOptions({"model", "impute"})],
        "bounds": [StrOptions({"data", "open"}), Mapping, None],
        "rules": [list, tuple, None],
        "max_epochs": [Interval(Integral, 0, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "loss_weights": [Mapping, None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "device": [str],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        sampling_strategy: str | float | Mapping[Any, int] | Callable[..., Any] = "auto",
        expansion_ratio: str | float = "auto",
        n_heads: int = 4,
        latent_dim: int | None = None,
        degree: int = 4,
        n_neighbors: int = 5,
        law: str | Mapping[str, float] = "auto",
        pooling: str | float = "auto",
        spread: str | float = "auto",
        transport: str | None = None,
        image_shape: str | Sequence[int] | None = None,
        transition: str = "auto",
        categorical_features: str | Sequence[Any] | NDArray[Any] = "auto",
        missing: str = "model",
        bounds: str | Mapping[Any, tuple[Any, Any]] | None = None,
        rules: Sequence[Callable[[Any], Any]] | None = None,
        max_epochs: int = 100,
        learning_rate: float = 1e-3,
        loss_weights: Mapping[str, float] | None = None,
        early_stopping: bool = True,
        validation_fraction: float = 0.2,
        device: str = "auto",
        verbose: int = 0,
        random_state: RandomState = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.expansion_ratio = expansion_ratio
        self.n_heads = n_heads
        self.latent_dim = latent_dim
        self.degree = degree
        self.n_neighbors = n_neighbors
        self.law = law
        self.pooling = pooling
        self.spread = spread
        self.transport = transport
        self.image_shape = image_shape
        self.transition = transition
        self.categorical_features = categorical_features
        self.missing = missing
        self.bounds = bounds
        self.rules = rules
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.loss_weights = loss_weights
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.device = device
        self.verbose = verbose
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def pretrain(self, X: ArrayLike) -> ExpansiveSynthesizer:
        """Learn encoder and decoder from many rows without labels; ``fit`` then goes on from there.

        Called again, it goes on with the rows it is given then, so a long training can be done in parts and saved
        after each. The parameters that the network depends on (``n_heads``, ``latent_dim``, ``image_shape``,
        ``categorical_features``, ``missing``, ``bounds``) must stay as they are. As with all that is learned,
        :func:`sklearn.base.clone` leaves it behind.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the columns of those that will be fitted, of the same types; best with these rows among them.

        Returns
        -------
        self : ExpansiveSynthesizer
            The pretrained sampler, fitted or not as before.

        Raises
        ------
        ValueError
            If images are only to be deformed, if X holds infinity, or, called again, if X has other columns or a
            parameter has changed. Then, and if interrupted, the estimator stays as it was before the call.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skexpand import ExpansiveSynthesizer
        >>> X, y = load_wine(return_X_y=True)
        >>> synthesizer = ExpansiveSynthesizer(latent_dim=6, max_epochs=5, random_state=0).pretrain(X)
        >>> X_big, y_big = synthesizer.fit_resample(X[::6], y[::6])
        """
        with unchanged_on_failure(self):
            plan, earlier = Plan.of(self, pretrained=True), vars(self)
            table = check_table(clone(self), X, reset=True)
            with one_thread():
                core, history = pretrain(table, self, plan, make_generator(self.random_state), earlier.get("_core"))
            self._core: Core = core
            self.pretrain_history_ = [*earlier.get("pretrain_history_", []), history]
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> ExpansiveSynthesizer:
        """Train on a table; ``sample`` then makes rows.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of numbers, categories, dates, with or without gaps. Sparse rows are made dense for training.
        y : array-like of shape (n_samples,)
            Class labels of any type; at least two classes. A class may have a single row.

        Returns
        -------
        self : ExpansiveSynthesizer
            The fitted sampler.

        Raises
        ------
        ValueError
            If X holds infinity, y has gaps or one class, a parameter does not fit the table, or no new rows keep the
            rules. An estimator that was fitted before stays as it was.
        """
        with unchanged_on_failure(self):
            self._train(*read_input(self, X, y))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> tuple[Any, Any]:
        """Train on a table and return it expanded.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of numbers, categories, dates, with or without gaps. Sparse rows are made dense for training.
        y : array-like of shape (n_samples,)
            Class labels of any type; at least two classes. A class may have a single row.
        groups : array-like of shape (n_samples,), default=None
            Which rows belong together (a patient, a batch). Each new row inherits its anchor's group, in ``groups_``,
            and is given nothing of other rows but statistics of all: normal noise takes the place of recombined
            residuals, and ``law="auto"`` is "local". So a split of the result by groups does not leak.

        Returns
        -------
        X_resampled : {ndarray, list, dataframe, sparse matrix} of shape (n_samples_new, n_features)
            The originals first, unchanged, then the new rows, class by class; in the container and types of X.
        y_resampled : {ndarray, list, series} of shape (n_samples_new,)
            Their labels, in the container and type of y.

        Raises
        ------
        ValueError
            As :meth:`fit`.
        MemoryError
            If so many rows do not fit into memory.
        """
        with unchanged_on_failure(self):
            table, labels = read_input(self, X, y)
            groups = checked_groups(groups, len(labels.values))
            rng = self._train(table, labels, apart=groups is not None)
            return self._fit_resample(table, labels, rng, groups)

    def _fit_resample(
        self, X: Table, y: Labels, rng: np.random.Generator, groups: NDArray[Any] | None = None
    ) -> tuple[Any, Any]:
        """Append the new rows to the originals and remember their parents."""
        counts = list(self.sampling_strategy_.values())
        schema = self._source.schema
        new = schema.room(sum(counts))
        with one_thread():
            blocks = self._source.blocks(np.array(counts), rng)
        np.concatenate([new[:0], *(block.rows for block in blocks)], out=new)
        labels = np.repeat(self.classes_, counts)
        self.parents_ = parents_of_result(self._expansion.parents_of(blocks), len(y.values), labels)
        self.synthetic_mask_ = np.arange(len(y.values) + len(labels)) >= len(y.values)
        if groups is not None:
            self.groups_ = np.concatenate([groups, groups[self.parents_["anchor"]]])
        return X.followed_by(schema.write(new)), y.followed_by(labels)

    def sample(self, n_samples: int, y: Any = None, random_state: RandomState = None) -> tuple[Any, NDArray[Any]]:
        """Make any number of new rows from the fitted law.

        Rows are made in chunks, so the memory beside an array of them does not grow with their number. DataFrames and
        sparse matrices are made of such an array, all at once, and take a few times as much on the way.

        Parameters
        ----------
        n_samples : int
            Number of new rows.
        y : label or array-like of shape (n_samples,), default=None
            The class of all new rows, or of each. None takes the classes in the proportions of the training rows.
        random_state : int, RandomState instance or None, default=None
            None takes the estimator's ``random_state``.

        Returns
        -------
        X_new : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
            New rows, in the container and types of the X given to ``fit``.
        y_new : ndarray of shape (n_samples,)
            Their labels.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If n_samples is negative, y has another length, or a label is unknown.
        MemoryError
            If so many rows do not fit into memory.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skexpand import ExpansiveSynthesizer
        >>> X, y = load_wine(return_X_y=True)
        >>> synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(X, y)
        >>> X_new, y_new = synthesizer.sample(1000, y=2)
        >>> X_new.shape, set(y_new.tolist())
        ((1000, 13), {2})
        """
        check_is_fitted(self)
        check_counts(0, n_samples=n_samples)
        rng = make_generator(self.random_state if random_state is None else random_state)
        rows = self._source.schema.room(n_samples)
        if y is None:
            codes = proportional_codes(n_samples, np.bincount(self._expansion.labels), rng)
        else:
            codes = stated_codes(n_samples, y, self.classes_)
        with one_thread():
            self._source.fill(rows, codes, rng)
        return self._source.schema.write(rows), self.classes_[codes]

    def encode(self, X: ArrayLike) -> NDArray[np.float64]:
        """Map rows to the latent space.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows like those of ``fit``.

        Returns
        -------
        Y : ndarray of shape (n_samples, latent_dim)
            Latent rows. Of images that are only deformed: their pixels, channels first, the background being 0.
        """
        check_is_fitted(self)
        schema = self._source.schema
        rows = schema.read(check_table(self, X, reset=False, numbers=schema.fields is None))
        with one_thread():
            return self._expansion.encode(rows)

    def decode(self, Y: ArrayLike) -> Any:
        """Map latent rows back to the table, legal for each column's type.

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
        latents = check_array(Y, dtype=np.float64)
        if np.abs(latents).max() > np.finfo(np.float32).max:
            raise ValueError("Y holds numbers too large for the network, which computes in float32.")
        if latents.shape[1] != self._expansion.latent_dim:
            raise ValueError(
                f"Y has {latents.shape[1]} columns, but the latent space has {self._expansion.latent_dim} dimensions; "
                "pass what encode returned."
            )
        with one_thread():
            rows = self._expansion.decode(latents, self._source.schema.dtype)
        return self._source.schema.write(rows)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the synthesizer to one file: its parameters and all that was learned.

        The file is a .safetensors file: numbers as tensors, the rest as JSON in its metadata, nothing that could run.
        It appears whole or not at all. What it holds of your rows is enough to tell them (categories, codes and
        latents of each), so treat it as you treat the table.

        Parameters
        ----------
        path : str or path
            Where to; a file that is there is replaced.

        Raises
        ------
        ValueError
            If a parameter cannot be stored (``rules`` and a callable ``sampling_strategy`` are functions, a
            RandomState is a state), if a column's type or a label cannot, or nothing can be written to the place.
            Then nothing has been written.

        See Also
        --------
        load : Read it again.
        """
        from skexpand.storage.estimator import save

        save(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> ExpansiveSynthesizer:
        """Read a synthesizer that :meth:`save` wrote; it then does what it did before.

        Only data is read, so a file from a stranger cannot run anything. A file written on a GPU loads without one:
        where ``device`` names one that is not here, it becomes "auto".

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        synthesizer : ExpansiveSynthesizer
            With the parameters and the fitted attributes it had.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it was not written by :meth:`save`, or by a version with another format, or is cut off or damaged.

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

    def _train(self, X: Table, y: Labels, apart: bool = False) -> np.random.Generator:
        """Set all fitted attributes; return the generator, advanced past training."""
        rng = make_generator(self.random_state)
        self.sampling_strategy_ = new_rows_per_class(y.values, self.sampling_strategy, self.expansion_ratio)
        self.classes_, labels = np.unique(y.values, return_inverse=True)
        plan = Plan.of(self, pretrained="_core" in vars(self))
        schema, fit = schema_and_fit(X.checked, self)
        rows, rules = schema.read(X.checked), checked_rules(self.rules, X.checked)
        if apart:
            plan = replace(plan, law=law_for_groups(plan.law))
        with one_thread():
            expansion = fit(rows, labels, schema.columns, plan, rng, apart)
            signs = measure_failure_signs(expansion, expansion.codec.encode(rows), rng)
        self._forget()
        self._source: Source = Source(expansion, schema, self.classes_, rules)
        self._show()
        self.reconstruction_error_ = signs.reconstruction_error
        self.diversity_ = signs.diversity
        self.distribution_shift_ = signs.distribution_shift
        return rng

    def _show(self) -> None:
        """Set the attributes that follow from what makes new rows."""
        self.classes_, self.columns_ = self._source.classes, self._source.schema.columns
        self.__dict__.update(self._expansion.attributes())

    def _restore(self, state: dict[str, Any]) -> None:
        """Take on what was stored."""
        self.__dict__.update(state)
        if "_source" in state:
            self._show()

    def _forget(self) -> None:
        """Delete what only some fits set."""
        earlier = self._expansion.attributes() if "_source" in vars(self) else ()
        for name in ("parents_", "synthetic_mask_", "groups_", *earlier):
            self.__dict__.pop(name, None)

    def __sklearn_is_fitted__(self) -> bool:
        return "_source" in vars(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.non_deterministic = False
        return tags
