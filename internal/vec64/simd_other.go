//go:build !amd64 || noasm

package vec64

func sumLanes(s *sums, logits []float64, most float64) { sumLanesGo(s, logits, most) }

func divide(dst, x []float64, by float64) bool { return divideGo(dst, x, by) }

func firstAbove(x []float64, limit float64) int { return firstAboveGo(x, limit) }

func finite(x []float64) bool { return finiteGo(x) }

func countAbove(x []float64, limit float64) (above, equal int) { return countAboveGo(x, limit) }
