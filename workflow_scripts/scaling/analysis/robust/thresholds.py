"""Every number that the robust procedure's rules hang on, step by step. None was chosen on a study it judges."""

import numpy as np

# 1. Runs on a common grid ------------------------------------------------------------------------------------------
GRID_POINTS = 100  # of the grid of log10 x
#: A grid point belongs to a mean curve where this share of the runs of that P reaches it. A mean over runs that come
#: and go jumps: those that end first have smaller norms, and so smaller errors at the same norm.
COVERAGE = 0.95
#: A run has learned if its error falls below this share of the largest error of all runs. Networks that start from very
#: small weights may never leave random guessing; their norm stays small, and where they end every mean would.
LEARNED = 0.95
CURVE_POINTS = 7  # a curve of fewer grid points is left out, and no minimum is fitted through fewer

# 2. Collapse -------------------------------------------------------------------------------------------------------
RISE = 0.1  # log10 units: beyond the minimum a curve counts until its error has risen by this (26%)
TOLERANCE = 0.01  # log10 units (2.3% of the error): curves closer than this count as collapsed
INTERVALS = 16  # of the spline f over the range of the collapsed curves
ROUGHNESS = 0.1  # prior standard deviation of the third differences of f's coefficients: it only bridges gaps
PRIOR_WIDTH = 0.1  # prior standard deviation of b_P about the curve's own log10 minimum
LARGEST_SATURATION = 0.95  # of kappa epsilon: closer to the plateau the law's own error is noise
LONGEST_STEP = 0.5  # log10 units, of the law's own error
HUBER = 2.5  # residuals beyond this many standard deviations pull linearly only
MASTER_POINTS = 80  # at which the master curve is looked at

# 3. Range of P and of the norm -------------------------------------------------------------------------------------
FEWEST_P = 4  # kept whatever the collapse says
FEWEST_P_CORRECTED = 5
CUTS = 4  # places where curves may begin, the first being where they do
LARGEST_CUT = 0.75  # of the stretch from there to the first of the curves' minima
LARGEST_CHI2 = 1.0  # the residual of the collapse lies within noise and tolerance
PLATEAU = 2.0  # standard errors: a kappa beyond this is one (one in 40 straight studies has it by chance)
BEND = 2.5  # the same of a bend of the scales' laws (one in 40 as well: there are two scales, and two signs)
LARGEST_CORRECTION = 0.1  # log10 units (26% of the error): the first term of an expansion describes no more
RANGE_RESAMPLES = 100  # give a standard error to 7%

# 4. Exponents: early law, minima, scales ---------------------------------------------------------------------------
STRAIGHT = 0.005  # log10 units: rms deviation from a straight line that counts as straight (1.2% of the error)
EARLY_LAW_POINTS = 9  # the fewest of a window, of MASTER_POINTS
SMALLEST_FALL = 0.05  # log10 units: a window over which the error falls less (11%) shows no law
KEPT = 1 / 2  # of the window, from its left edge
LEVEL = 0.03  # a minimum's window: where the curve lies within this of it, log10 units (7% of the error)
RISE_AGAIN = 0.005  # log10 units (1.2% of the error): a minimum is one once the fitted curve has risen by this
SMOOTHING = 3.0  # grid points: the width below which the window's finder does not follow the curve
#: Exponents of the correction that are tried. A slower one than P^(-1/2) cannot be told from the power law itself over
#: two decades of P; of a faster one than P^-2 nothing is left at the second P.
OMEGAS = np.geomspace(0.5, 2.0, 9)

# 6. Offsets of the laws --------------------------------------------------------------------------------------------
OFFSET_POINTS = 8  # the fewest of the early law's window
ROUNDING = 1e-9  # smaller residuals are no information
CLEAR_GAIN = 2.0  # a difference below 2 is hardly worth mentioning (Burnham and Anderson 2002, section 2.6)
