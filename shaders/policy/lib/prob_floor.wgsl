// Added to every probability before its logarithm is taken.
const PROB_FLOOR = 1e-5f;
