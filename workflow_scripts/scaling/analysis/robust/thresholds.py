"""Every number that the robust procedure's rules hang on, step by step. None was chosen on a study it judges."""

import numpy as np

# 1. Runs on a common grid ------------------------------------------------------------------------------------------
GRID_POINTS = 100  # of the grid of log10 x
#: A mean curve begins where this share of the runs of its P have begun, and goes on while that share goes on. (Those
#: that end first have smaller norms, and so smaller errors at the same norm; the mean is a chain: see means.)
BEGUN, GOING_ON = 0.95, 0.5
#: A run has learned if its error falls by this share of the deepest fall of the runs of its P. Networks that start from
#: very small weights may never leave random guessing; their norm stays small, and where they end every mean would.
LEARNED = 0.1
LEAST_FALL = 0.02  # of the error: a P none of whose runs falls by more has not learned
ENOUGH_RUNS = 4  # of a P for a scatter of its own: two tell their scatter to 70% only, four to 40%
#: A curve that comes down to the error of a constant answer has left it once it has fallen by this share of it.
HAS_LEFT = 0.05
CURVE_POINTS = 7  # a curve of fewer grid points is left out, and no minimum is fitted through fewer

# 2. Collapse -------------------------------------------------------------------------------------------------------
RISE = 0.1  # log10 units: beyond the minimum a curve counts until its error has risen by this (26%)
TOLERANCE = 0.01  # log10 units (2.3% of the error): curves closer than this count as collapsed
INTERVALS = 16  # of the spline f over the range of the collapsed curves, or more:
KNOTS = 0.35  # decades: no interval is longer,
MOST_INTERVALS = 32  # up to this number
STRAIGHTNESS = 1e-4  # the same of second differences, where f is straight
ROUGHNESS = 0.1  # prior standard deviation of the third differences of f's coefficients: it only bridges gaps
LAW_WIDTH = 0.05  # prior standard deviation of log10 of a scale about a power law of P (12%)
PRIOR_WIDTH = 0.1  # prior standard deviation of b_P about the curve's own log10 minimum
LARGEST_PLATEAU = 1.02  # of the inverse of the largest error: guessing may lie a little below what noise gives
HUBER = 2.5  # residuals beyond this many standard deviations pull linearly only
MASTER_POINTS = 80  # at which the master curve is looked at

# 3. Range of P and of the norm -------------------------------------------------------------------------------------
FEWEST_P = 4  # kept whatever the collapse says
FEWEST_P_CORRECTED = 5
CUTS = 4  # places where curves may begin, the first being where they do
LARGEST_CUT = 0.75  # of the stretch from there to the first of the curves' minima
LARGEST_CHI2 = 1.0  # the residual of the collapse lies within noise and tolerance
CHANCE = 0.02  # of studies without a plateau may take one
BEND = 2.5  # the same of a bend of the scales' laws (one in 40 as well: there are two scales, and two signs)
LARGEST_CORRECTION = 0.05  # log10 units (12% of the error): the first term of an expansion describes no more
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
OFFSET_WIDTH = 0.04  # prior standard deviation of the offset of Eq. 3 at the smallest P, log10 units (10% of lambda_s)
LEFT_OUT_WIDTH = 0.1  # the same of any correction (26%) where smaller P were left out
STEEPEST = 3.0  # of a gamma_1 that carries the offset over to the error

# 6. Offsets of the laws --------------------------------------------------------------------------------------------
OFFSET_POINTS = 8  # the fewest of the early law's window
ROUNDING = 1e-9  # smaller residuals are no information
CLEAR_GAIN = 2.0  # a difference below 2 is hardly worth mentioning (Burnham and Anderson 2002, section 2.6)

# Plateau and floor -------------------------------------------------------------------------------------------------
ONSETS = (1 / 3, 3.0)  # of the exponent s: how early a curve leaves its law on the way to guessing
ONSET_WIDTH = 0.5  # prior standard deviation of log s about 0 (analytic curves have s = 1, or 2 by chance)
LARGEST_APPROACH = 4.0  # of c: a slower approach of guessing is a law of its own
APPROACH_WIDTH = 0.7  # prior standard deviation of c about 1 (harmonic); 0 is exponential
FLAT = 0.5  # of the steepest slope: curves that begin with less begin at guessing,
LEVEL_GROUND = 0.1  # if their beginnings lie within so much of each other, log10 units (26% of the error)
LARGEST_FLOOR = 0.95  # of the lowest error
LEAST_SHARE = 0.5  # of d log error/d log law: where less of the law is seen the points say nothing of it

# Refusals ----------------------------------------------------------------------------------------------------------
SLOPE_WIDTH = 0.25  # decades of norm over which a local slope is taken
SLOPE_POINTS = 60  # at which it is taken
SHORTEST_LAW = 0.5  # decades of norm: a shorter straight stretch is no power law
CONSTANT = 0.1  # of gamma_1: by so much the slope may change over that stretch,
SURE = 1.8  # and by so many standard errors: surely, by 96% to one side
FEATURE = 0.25  # of the largest slope: a curve whose slope varies less has no scale of its own
#: and by so many standard errors. (The ends of the change are chosen: on power laws chance gives 3 to 8 in one study of
#: twelve, 6 in one or two of a hundred; curves with a minimum have 15 and more.)
CLEARLY = 6.0
FEWEST_SCALES = 3  # P with a scale, for a gamma_2
LEAST_P = 0.01  # of a collapse: less likely ones are none
HOPELESS = 10.0  # chi2 of a collapse: curves that are farther apart have no common exponents
