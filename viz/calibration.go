package viz

// Calibration draws how often tokens that were given a probability came, over
// that probability: a calibrated model lies on the line y = x.
func Calibration(in Input) (*Figure, error) {
	d, err := dataOf(in, "calibration", bounded(anyShare, anyShare))
	if err != nil {
		return nil, err
	}
	equal := *d
	equal.Equal = true
	return equal.figure(in)
}
