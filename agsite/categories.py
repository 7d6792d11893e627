"""The closed list of arXiv categories, with names and groups.

A closed list is what makes page text readable: a source line there has no separator between category and title, so
the category is the longest known prefix. Retired categories stay, because old papers carry them.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Category(NamedTuple):
    """One arXiv category: `hep-ph` is *High Energy Physics - Phenomenology*, in the group *Physics*."""

    id: str
    name: str
    group: str


# id | name | group
_TABLE = """\
acc-phys|Accelerator Physics|Physics
adap-org|Adaptation, Noise, and Self-Organizing Systems|Physics
alg-geom|Algebraic Geometry|Mathematics
ao-sci|Atmospheric-Oceanic Sciences|Physics
astro-ph|Astrophysics|Physics
astro-ph.CO|Cosmology and Nongalactic Astrophysics|Physics
astro-ph.EP|Earth and Planetary Astrophysics|Physics
astro-ph.GA|Astrophysics of Galaxies|Physics
astro-ph.HE|High Energy Astrophysical Phenomena|Physics
astro-ph.IM|Instrumentation and Methods for Astrophysics|Physics
astro-ph.SR|Solar and Stellar Astrophysics|Physics
atom-ph|Atomic, Molecular and Optical Physics|Physics
bayes-an|Bayesian Analysis|Physics
chao-dyn|Chaotic Dynamics|Physics
chem-ph|Chemical Physics|Physics
cmp-lg|Computation and Language|Computer Science
comp-gas|Cellular Automata and Lattice Gases|Physics
cond-mat|Condensed Matter|Physics
cond-mat.dis-nn|Disordered Systems and Neural Networks|Physics
cond-mat.mes-hall|Mesoscale and Nanoscale Physics|Physics
cond-mat.mtrl-sci|Materials Science|Physics
cond-mat.other|Other Condensed Matter|Physics
cond-mat.quant-gas|Quantum Gases|Physics
cond-mat.soft|Soft Condensed Matter|Physics
cond-mat.stat-mech|Statistical Mechanics|Physics
cond-mat.str-el|Strongly Correlated Electrons|Physics
cond-mat.supr-con|Superconductivity|Physics
cs.AI|Artificial Intelligence|Computer Science
cs.AR|Hardware Architecture|Computer Science
cs.CC|Computational Complexity|Computer Science
cs.CE|Computational Engineering, Finance, and Science|Computer Science
cs.CG|Computational Geometry|Computer Science
cs.CL|Computation and Language|Computer Science
cs.CR|Cryptography and Security|Computer Science
cs.CV|Computer Vision and Pattern Recognition|Computer Science
cs.CY|Computers and Society|Computer Science
cs.DB|Databases|Computer Science
cs.DC|Distributed, Parallel, and Cluster Computing|Computer Science
cs.DL|Digital Libraries|Computer Science
cs.DM|Discrete Mathematics|Computer Science
cs.DS|Data Structures and Algorithms|Computer Science
cs.ET|Emerging Technologies|Computer Science
cs.FL|Formal Languages and Automata Theory|Computer Science
cs.GL|General Literature|Computer Science
cs.GR|Graphics|Computer Science
cs.GT|Computer Science and Game Theory|Computer Science
cs.HC|Human-Computer Interaction|Computer Science
cs.IR|Information Retrieval|Computer Science
cs.IT|Information Theory|Computer Science
cs.LG|Machine Learning|Computer Science
cs.LO|Logic in Computer Science|Computer Science
cs.MA|Multiagent Systems|Computer Science
cs.MM|Multimedia|Computer Science
cs.MS|Mathematical Software|Computer Science
cs.NA|Numerical Analysis|Computer Science
cs.NE|Neural and Evolutionary Computing|Computer Science
cs.NI|Networking and Internet Architecture|Computer Science
cs.OH|Other Computer Science|Computer Science
cs.OS|Operating Systems|Computer Science
cs.PF|Performance|Computer Science
cs.PL|Programming Languages|Computer Science
cs.RO|Robotics|Computer Science
cs.SC|Symbolic Computation|Computer Science
cs.SD|Sound|Computer Science
cs.SE|Software Engineering|Computer Science
cs.SI|Social and Information Networks|Computer Science
cs.SY|Systems and Control|Computer Science
dg-ga|Differential Geometry|Mathematics
econ.EM|Econometrics|Economics
econ.GN|General Economics|Economics
econ.TH|Theoretical Economics|Economics
eess.AS|Audio and Speech Processing|Electrical Engineering and Systems Science
eess.IV|Image and Video Processing|Electrical Engineering and Systems Science
eess.SP|Signal Processing|Electrical Engineering and Systems Science
eess.SY|Systems and Control|Electrical Engineering and Systems Science
funct-an|Functional Analysis|Mathematics
gr-qc|General Relativity and Quantum Cosmology|Physics
hep-ex|High Energy Physics - Experiment|Physics
hep-lat|High Energy Physics - Lattice|Physics
hep-ph|High Energy Physics - Phenomenology|Physics
hep-th|High Energy Physics - Theory|Physics
math-ph|Mathematical Physics|Physics
math.AC|Commutative Algebra|Mathematics
math.AG|Algebraic Geometry|Mathematics
math.AP|Analysis of PDEs|Mathematics
math.AT|Algebraic Topology|Mathematics
math.CA|Classical Analysis and ODEs|Mathematics
math.CO|Combinatorics|Mathematics
math.CT|Category Theory|Mathematics
math.CV|Complex Variables|Mathematics
math.DG|Differential Geometry|Mathematics
math.DS|Dynamical Systems|Mathematics
math.FA|Functional Analysis|Mathematics
math.GM|General Mathematics|Mathematics
math.GN|General Topology|Mathematics
math.GR|Group Theory|Mathematics
math.GT|Geometric Topology|Mathematics
math.HO|History and Overview|Mathematics
math.IT|Information Theory|Mathematics
math.KT|K-Theory and Homology|Mathematics
math.LO|Logic|Mathematics
math.MG|Metric Geometry|Mathematics
math.MP|Mathematical Physics|Mathematics
math.NA|Numerical Analysis|Mathematics
math.NT|Number Theory|Mathematics
math.OA|Operator Algebras|Mathematics
math.OC|Optimization and Control|Mathematics
math.PR|Probability|Mathematics
math.QA|Quantum Algebra|Mathematics
math.RA|Rings and Algebras|Mathematics
math.RT|Representation Theory|Mathematics
math.SG|Symplectic Geometry|Mathematics
math.SP|Spectral Theory|Mathematics
math.ST|Statistics Theory|Mathematics
mtrl-th|Materials Theory|Physics
nlin.AO|Adaptation and Self-Organizing Systems|Physics
nlin.CD|Chaotic Dynamics|Physics
nlin.CG|Cellular Automata and Lattice Gases|Physics
nlin.PS|Pattern Formation and Solitons|Physics
nlin.SI|Exactly Solvable and Integrable Systems|Physics
nucl-ex|Nuclear Experiment|Physics
nucl-th|Nuclear Theory|Physics
patt-sol|Pattern Formation and Solitons|Physics
physics.acc-ph|Accelerator Physics|Physics
physics.ao-ph|Atmospheric and Oceanic Physics|Physics
physics.app-ph|Applied Physics|Physics
physics.atm-clus|Atomic and Molecular Clusters|Physics
physics.atom-ph|Atomic Physics|Physics
physics.bio-ph|Biological Physics|Physics
physics.chem-ph|Chemical Physics|Physics
physics.class-ph|Classical Physics|Physics
physics.comp-ph|Computational Physics|Physics
physics.data-an|Data Analysis, Statistics and Probability|Physics
physics.ed-ph|Physics Education|Physics
physics.flu-dyn|Fluid Dynamics|Physics
physics.gen-ph|General Physics|Physics
physics.geo-ph|Geophysics|Physics
physics.hist-ph|History and Philosophy of Physics|Physics
physics.ins-det|Instrumentation and Detectors|Physics
physics.med-ph|Medical Physics|Physics
physics.optics|Optics|Physics
physics.plasm-ph|Plasma Physics|Physics
physics.pop-ph|Popular Physics|Physics
physics.soc-ph|Physics and Society|Physics
physics.space-ph|Space Physics|Physics
plasm-ph|Plasma Physics|Physics
q-alg|Quantum Algebra and Topology|Mathematics
q-bio|Quantitative Biology|Quantitative Biology
q-bio.BM|Biomolecules|Quantitative Biology
q-bio.CB|Cell Behavior|Quantitative Biology
q-bio.GN|Genomics|Quantitative Biology
q-bio.MN|Molecular Networks|Quantitative Biology
q-bio.NC|Neurons and Cognition|Quantitative Biology
q-bio.OT|Other Quantitative Biology|Quantitative Biology
q-bio.PE|Populations and Evolution|Quantitative Biology
q-bio.QM|Quantitative Methods|Quantitative Biology
q-bio.SC|Subcellular Processes|Quantitative Biology
q-bio.TO|Tissues and Organs|Quantitative Biology
q-fin.CP|Computational Finance|Quantitative Finance
q-fin.EC|Economics|Quantitative Finance
q-fin.GN|General Finance|Quantitative Finance
q-fin.MF|Mathematical Finance|Quantitative Finance
q-fin.PM|Portfolio Management|Quantitative Finance
q-fin.PR|Pricing of Securities|Quantitative Finance
q-fin.RM|Risk Management|Quantitative Finance
q-fin.ST|Statistical Finance|Quantitative Finance
q-fin.TR|Trading and Market Microstructure|Quantitative Finance
quant-ph|Quantum Physics|Physics
solv-int|Exactly Solvable and Integrable Systems|Physics
stat.AP|Applications|Statistics
stat.CO|Computation|Statistics
stat.ME|Methodology|Statistics
stat.ML|Machine Learning|Statistics
stat.OT|Other Statistics|Statistics
stat.TH|Statistics Theory|Statistics
supr-con|Superconductivity|Physics
"""


def _read_table() -> dict[str, Category]:
    rows = (Category(*line.split("|")) for line in _TABLE.splitlines())
    return {row.id: row for row in rows}


CATEGORIES: dict[str, Category] = _read_table()

# Longest first, so that "astro-ph.GA" wins over "astro-ph".
PREFIX = re.compile("|".join(re.escape(id_) for id_ in sorted(CATEGORIES, key=len, reverse=True)))


def split_prefix(glued: str) -> tuple[str | None, str]:
    """Split `hep-phA Study` into `("hep-ph", "A Study")`; an unknown prefix gives `(None, glued)`."""
    match = PREFIX.match(glued)
    return (CATEGORIES[match[0]].id, glued[match.end() :]) if match else (None, glued)


def name_of(category: str | None) -> str:
    """Return the category's name in words, or the id itself where arXiv has no such category."""
    known = CATEGORIES.get(category or "")
    return known.name if known else category or "no category"


def full_name(category: str) -> str:
    """Return the category's name with its id, as in `Machine Learning (cs.LG)`: stat.ML has the same name."""
    name = name_of(category)
    return f"{name} ({category})" if name != category else name


def field_of(category: str | None) -> str:
    """Return the broad field of a category, as lists group by it: `hep-ex` belongs to *High Energy Physics*.

    Physics is taken apart by archive, for it would be most of the list; a category that arXiv lacks has none.
    """
    known = CATEGORIES.get(category or "")
    if known is None or known.group != "Physics":
        return known.group if known else ""
    archive = CATEGORIES.get(known.id.partition(".")[0])
    return archive.name.partition(" - ")[0] if archive else known.group
