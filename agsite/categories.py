"""The closed list of arXiv categories, with names, groups and retired ones.

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
    archive: str
    group: str
    retired: bool


# id | name | archive | group | r when retired
_TABLE = """\
acc-phys|Accelerator Physics|acc-phys|Physics|r
adap-org|Adaptation, Noise, and Self-Organizing Systems|adap-org|Physics|r
alg-geom|Algebraic Geometry|alg-geom|Mathematics|r
ao-sci|Atmospheric-Oceanic Sciences|ao-sci|Physics|r
astro-ph|Astrophysics|astro-ph|Physics|r
astro-ph.CO|Cosmology and Nongalactic Astrophysics|astro-ph|Physics|
astro-ph.EP|Earth and Planetary Astrophysics|astro-ph|Physics|
astro-ph.GA|Astrophysics of Galaxies|astro-ph|Physics|
astro-ph.HE|High Energy Astrophysical Phenomena|astro-ph|Physics|
astro-ph.IM|Instrumentation and Methods for Astrophysics|astro-ph|Physics|
astro-ph.SR|Solar and Stellar Astrophysics|astro-ph|Physics|
atom-ph|Atomic, Molecular and Optical Physics|atom-ph|Physics|r
bayes-an|Bayesian Analysis|bayes-an|Physics|r
chao-dyn|Chaotic Dynamics|chao-dyn|Physics|r
chem-ph|Chemical Physics|chem-ph|Physics|r
cmp-lg|Computation and Language|cmp-lg|Computer Science|r
comp-gas|Cellular Automata and Lattice Gases|comp-gas|Physics|r
cond-mat|Condensed Matter|cond-mat|Physics|r
cond-mat.dis-nn|Disordered Systems and Neural Networks|cond-mat|Physics|
cond-mat.mes-hall|Mesoscale and Nanoscale Physics|cond-mat|Physics|
cond-mat.mtrl-sci|Materials Science|cond-mat|Physics|
cond-mat.other|Other Condensed Matter|cond-mat|Physics|
cond-mat.quant-gas|Quantum Gases|cond-mat|Physics|
cond-mat.soft|Soft Condensed Matter|cond-mat|Physics|
cond-mat.stat-mech|Statistical Mechanics|cond-mat|Physics|
cond-mat.str-el|Strongly Correlated Electrons|cond-mat|Physics|
cond-mat.supr-con|Superconductivity|cond-mat|Physics|
cs.AI|Artificial Intelligence|cs|Computer Science|
cs.AR|Hardware Architecture|cs|Computer Science|
cs.CC|Computational Complexity|cs|Computer Science|
cs.CE|Computational Engineering, Finance, and Science|cs|Computer Science|
cs.CG|Computational Geometry|cs|Computer Science|
cs.CL|Computation and Language|cs|Computer Science|
cs.CR|Cryptography and Security|cs|Computer Science|
cs.CV|Computer Vision and Pattern Recognition|cs|Computer Science|
cs.CY|Computers and Society|cs|Computer Science|
cs.DB|Databases|cs|Computer Science|
cs.DC|Distributed, Parallel, and Cluster Computing|cs|Computer Science|
cs.DL|Digital Libraries|cs|Computer Science|
cs.DM|Discrete Mathematics|cs|Computer Science|
cs.DS|Data Structures and Algorithms|cs|Computer Science|
cs.ET|Emerging Technologies|cs|Computer Science|
cs.FL|Formal Languages and Automata Theory|cs|Computer Science|
cs.GL|General Literature|cs|Computer Science|
cs.GR|Graphics|cs|Computer Science|
cs.GT|Computer Science and Game Theory|cs|Computer Science|
cs.HC|Human-Computer Interaction|cs|Computer Science|
cs.IR|Information Retrieval|cs|Computer Science|
cs.IT|Information Theory|cs|Computer Science|
cs.LG|Machine Learning|cs|Computer Science|
cs.LO|Logic in Computer Science|cs|Computer Science|
cs.MA|Multiagent Systems|cs|Computer Science|
cs.MM|Multimedia|cs|Computer Science|
cs.MS|Mathematical Software|cs|Computer Science|
cs.NA|Numerical Analysis|cs|Computer Science|
cs.NE|Neural and Evolutionary Computing|cs|Computer Science|
cs.NI|Networking and Internet Architecture|cs|Computer Science|
cs.OH|Other Computer Science|cs|Computer Science|
cs.OS|Operating Systems|cs|Computer Science|
cs.PF|Performance|cs|Computer Science|
cs.PL|Programming Languages|cs|Computer Science|
cs.RO|Robotics|cs|Computer Science|
cs.SC|Symbolic Computation|cs|Computer Science|
cs.SD|Sound|cs|Computer Science|
cs.SE|Software Engineering|cs|Computer Science|
cs.SI|Social and Information Networks|cs|Computer Science|
cs.SY|Systems and Control|cs|Computer Science|
dg-ga|Differential Geometry|dg-ga|Mathematics|r
econ.EM|Econometrics|econ|Economics|
econ.GN|General Economics|econ|Economics|
econ.TH|Theoretical Economics|econ|Economics|
eess.AS|Audio and Speech Processing|eess|Electrical Engineering and Systems Science|
eess.IV|Image and Video Processing|eess|Electrical Engineering and Systems Science|
eess.SP|Signal Processing|eess|Electrical Engineering and Systems Science|
eess.SY|Systems and Control|eess|Electrical Engineering and Systems Science|
funct-an|Functional Analysis|funct-an|Mathematics|r
gr-qc|General Relativity and Quantum Cosmology|gr-qc|Physics|
hep-ex|High Energy Physics - Experiment|hep-ex|Physics|
hep-lat|High Energy Physics - Lattice|hep-lat|Physics|
hep-ph|High Energy Physics - Phenomenology|hep-ph|Physics|
hep-th|High Energy Physics - Theory|hep-th|Physics|
math-ph|Mathematical Physics|math-ph|Physics|
math.AC|Commutative Algebra|math|Mathematics|
math.AG|Algebraic Geometry|math|Mathematics|
math.AP|Analysis of PDEs|math|Mathematics|
math.AT|Algebraic Topology|math|Mathematics|
math.CA|Classical Analysis and ODEs|math|Mathematics|
math.CO|Combinatorics|math|Mathematics|
math.CT|Category Theory|math|Mathematics|
math.CV|Complex Variables|math|Mathematics|
math.DG|Differential Geometry|math|Mathematics|
math.DS|Dynamical Systems|math|Mathematics|
math.FA|Functional Analysis|math|Mathematics|
math.GM|General Mathematics|math|Mathematics|
math.GN|General Topology|math|Mathematics|
math.GR|Group Theory|math|Mathematics|
math.GT|Geometric Topology|math|Mathematics|
math.HO|History and Overview|math|Mathematics|
math.IT|Information Theory|math|Mathematics|
math.KT|K-Theory and Homology|math|Mathematics|
math.LO|Logic|math|Mathematics|
math.MG|Metric Geometry|math|Mathematics|
math.MP|Mathematical Physics|math|Mathematics|
math.NA|Numerical Analysis|math|Mathematics|
math.NT|Number Theory|math|Mathematics|
math.OA|Operator Algebras|math|Mathematics|
math.OC|Optimization and Control|math|Mathematics|
math.PR|Probability|math|Mathematics|
math.QA|Quantum Algebra|math|Mathematics|
math.RA|Rings and Algebras|math|Mathematics|
math.RT|Representation Theory|math|Mathematics|
math.SG|Symplectic Geometry|math|Mathematics|
math.SP|Spectral Theory|math|Mathematics|
math.ST|Statistics Theory|math|Mathematics|
mtrl-th|Materials Theory|mtrl-th|Physics|r
nlin.AO|Adaptation and Self-Organizing Systems|nlin|Physics|
nlin.CD|Chaotic Dynamics|nlin|Physics|
nlin.CG|Cellular Automata and Lattice Gases|nlin|Physics|
nlin.PS|Pattern Formation and Solitons|nlin|Physics|
nlin.SI|Exactly Solvable and Integrable Systems|nlin|Physics|
nucl-ex|Nuclear Experiment|nucl-ex|Physics|
nucl-th|Nuclear Theory|nucl-th|Physics|
patt-sol|Pattern Formation and Solitons|patt-sol|Physics|r
physics.acc-ph|Accelerator Physics|physics|Physics|
physics.ao-ph|Atmospheric and Oceanic Physics|physics|Physics|
physics.app-ph|Applied Physics|physics|Physics|
physics.atm-clus|Atomic and Molecular Clusters|physics|Physics|
physics.atom-ph|Atomic Physics|physics|Physics|
physics.bio-ph|Biological Physics|physics|Physics|
physics.chem-ph|Chemical Physics|physics|Physics|
physics.class-ph|Classical Physics|physics|Physics|
physics.comp-ph|Computational Physics|physics|Physics|
physics.data-an|Data Analysis, Statistics and Probability|physics|Physics|
physics.ed-ph|Physics Education|physics|Physics|
physics.flu-dyn|Fluid Dynamics|physics|Physics|
physics.gen-ph|General Physics|physics|Physics|
physics.geo-ph|Geophysics|physics|Physics|
physics.hist-ph|History and Philosophy of Physics|physics|Physics|
physics.ins-det|Instrumentation and Detectors|physics|Physics|
physics.med-ph|Medical Physics|physics|Physics|
physics.optics|Optics|physics|Physics|
physics.plasm-ph|Plasma Physics|physics|Physics|
physics.pop-ph|Popular Physics|physics|Physics|
physics.soc-ph|Physics and Society|physics|Physics|
physics.space-ph|Space Physics|physics|Physics|
plasm-ph|Plasma Physics|plasm-ph|Physics|r
q-alg|Quantum Algebra and Topology|q-alg|Mathematics|r
q-bio|Quantitative Biology|q-bio|Quantitative Biology|r
q-bio.BM|Biomolecules|q-bio|Quantitative Biology|
q-bio.CB|Cell Behavior|q-bio|Quantitative Biology|
q-bio.GN|Genomics|q-bio|Quantitative Biology|
q-bio.MN|Molecular Networks|q-bio|Quantitative Biology|
q-bio.NC|Neurons and Cognition|q-bio|Quantitative Biology|
q-bio.OT|Other Quantitative Biology|q-bio|Quantitative Biology|
q-bio.PE|Populations and Evolution|q-bio|Quantitative Biology|
q-bio.QM|Quantitative Methods|q-bio|Quantitative Biology|
q-bio.SC|Subcellular Processes|q-bio|Quantitative Biology|
q-bio.TO|Tissues and Organs|q-bio|Quantitative Biology|
q-fin.CP|Computational Finance|q-fin|Quantitative Finance|
q-fin.EC|Economics|q-fin|Quantitative Finance|
q-fin.GN|General Finance|q-fin|Quantitative Finance|
q-fin.MF|Mathematical Finance|q-fin|Quantitative Finance|
q-fin.PM|Portfolio Management|q-fin|Quantitative Finance|
q-fin.PR|Pricing of Securities|q-fin|Quantitative Finance|
q-fin.RM|Risk Management|q-fin|Quantitative Finance|
q-fin.ST|Statistical Finance|q-fin|Quantitative Finance|
q-fin.TR|Trading and Market Microstructure|q-fin|Quantitative Finance|
quant-ph|Quantum Physics|quant-ph|Physics|
solv-int|Exactly Solvable and Integrable Systems|solv-int|Physics|r
stat.AP|Applications|stat|Statistics|
stat.CO|Computation|stat|Statistics|
stat.ME|Methodology|stat|Statistics|
stat.ML|Machine Learning|stat|Statistics|
stat.OT|Other Statistics|stat|Statistics|
stat.TH|Statistics Theory|stat|Statistics|
supr-con|Superconductivity|supr-con|Physics|r
"""


def _read_table() -> dict[str, Category]:
    rows = (line.split("|") for line in _TABLE.splitlines())
    return {id_: Category(id_, name, archive, group, flag == "r") for id_, name, archive, group, flag in rows}


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


def field_of(category: str | None) -> str:
    """Return the broad field of a category, as lists group by it: `hep-ex` belongs to *High Energy Physics*.

    Physics is taken apart by archive, for it would be most of the list; a category that arXiv lacks has none.
    """
    known = CATEGORIES.get(category or "")
    if known is None or known.group != "Physics":
        return known.group if known else ""
    archive = CATEGORIES.get(known.archive)
    return archive.name.partition(" - ")[0] if archive else known.group
