package viz

// Reliability draws probabilities of a model over the true ones, a point a
// prediction: a model that is the truth lies on the line y = x.
func Reliability(in Input) (*Figure, error) {
	d, err := dataOf(in, "reliability", bounded(anyShare, anyShare))
	if err != nil {
		return nil, err
	}
	cloud := *d
	cloud.Equal, cloud.Points = true, true
	return cloud.figure(in)
}
