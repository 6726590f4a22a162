package lesson

import "argen/viz"

// point adds a number with its interval to a series, at x.
func point(s *viz.Series, x float64, e Interval) {
	s.X = append(s.X, x)
	bar(s, e)
}

// bar adds a number with its interval to a series of bars.
func bar(s *viz.Series, e Interval) {
	s.Y, s.Lo, s.Hi = append(s.Y, e.Mean), append(s.Lo, e.Lo), append(s.Hi, e.Hi)
}

// exactly is a number without an interval of its own: where it is drawn, it is as
// wide as a point.
func exactly(x float64) Interval { return Interval{x, x, x} }
