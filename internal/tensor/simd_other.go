//go:build !amd64 || noasm

package tensor

func best() kernel { return plain }

func dot(x, y []float32) float32                        { return dotGo(x, y) }
func axpy(a float32, x, y []float32)                    { axpyGo(a, x, y) }
func scale(a float32, x []float32)                      { scaleGo(a, x) }
func matVec(dst, w, x []float32)                        { matVecGo(dst, w, x) }
func matVecF16(dst []float32, w []uint16, x []float32)  { matVecF16Go(dst, w, x) }
func matVecBF16(dst []float32, w []uint16, x []float32) { matVecBF16Go(dst, w, x) }
func widenF16(dst []float32, src []uint16)              { widenF16Go(dst, src) }
func widenBF16(dst []float32, src []uint16)             { widenBF16Go(dst, src) }
func expSub(dst, x []float32, c float32) float64        { return expSubGo(dst, x, c) }
func maximum(x []float32) float32                       { return maximumGo(x) }
func siluMul(dst, gate, up []float32)                   { siluMulGo(dst, gate, up) }
func sumSquares(x []float32) float64                    { return sumSquaresGo(x) }
func scaleMul(dst, x, weight []float32, c float32)      { scaleMulGo(dst, x, weight, c) }

func addRows(dst, x, w []float32) { addRowsGo(dst, x, w, 0) }

func addRowsMany64(_ []float32, _ int, _ []float32, _, _ int, _ []float32) int { return 0 }

func matVecs(dst []float32, stride int, w, x []float32, rows, cols int) {
	eachVector(dst, stride, w, x, rows, cols)
}

func wantsColumns(_, _ int) bool { return false }

func matVecsColumns(dst []float32, stride int, w, x []float32, cols int) {
	matVecsColumnsGo(dst, stride, w, x, cols)
}

func (p *Packed) multiply(dst []float32, stride int, x *Vectors, from, to int) {
	p.multiplyGo(dst, stride, x, from, to)
}

func (x *Vectors) fill(first, step int, values []float32) { x.fillGo(first, step, values) }

func wantsWide() bool { return false }

// The tile of Gemm.
func tileSize() (mr, nr int) { return goRows, goCols }

func tile(k int, a, b, c []float32, ldc int, fresh bool) { tileGo(k, a, b, c, ldc, fresh) }

func pack4(dst []float32, width int, src []float32, ld, kn int) { pack4Go(dst, width, src, ld, kn) }

func copyPanel(dst []float32, width int, src []float32, ld, kn int) {
	copyPanelGo(dst, width, src, ld, kn)
}

func roundInt8(q []int8, d, s []float32, base []int32, x []float32, wide int) {
	roundInt8Go(q, d, s, base, x, wide)
}

func (p *Packed) multiplyInt8(dst []float32, stride int, x *Int8, from, to int) {
	p.multiplyInt8Go(dst, stride, x, from, to)
}

func roundInt16(q []int16, x []float32, most float32) float32 { return roundInt16Go(q, x, most) }

func scaleInt16(q []int16, x, units, scales []float32) { scaleInt16Go(q, x, units, scales) }

func pairScores(dst []float32, stride int, w []int16, rows int, units []float32, q []int16, vectors []float32) {
	pairScoresGo(dst, stride, w, rows, units, q, vectors)
}

func pairSums(dst []float32, stride int, w []int16, pairs int, x []int16, step int, units []float32) {
	pairSumsGo(dst, stride, w, pairs, x, step, units)
}
