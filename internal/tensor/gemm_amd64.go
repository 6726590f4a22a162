//go:build amd64 && !noasm

package tensor

// tileSize returns the rows and columns of C that tile computes at once.
func tileSize() (mr, nr int) {
	switch active {
	case avx512:
		return 12, 32
	case avx2:
		return 6, 16
	}
	return goRows, goCols
}

func tile(k int, a, b, c []float32, ldc int, fresh bool) {
	switch active {
	case avx512:
		_, _, _ = a[12*k-1], b[32*k-1], c[11*ldc+31]
		tile12x32(k, &a[0], &b[0], &c[0], ldc, fresh)
	case avx2:
		_, _, _ = a[6*k-1], b[16*k-1], c[5*ldc+15]
		tile6x16(k, &a[0], &b[0], &c[0], ldc, fresh)
	default:
		tileGo(k, a, b, c, ldc, fresh)
	}
}

func pack4(dst []float32, width int, src []float32, ld, kn int) {
	if active == plain {
		pack4Go(dst, width, src, ld, kn)
		return
	}
	if steps := kn / 4; steps > 0 {
		_, _ = dst[(4*steps-1)*width+3], src[3*ld+4*steps-1]
		transpose4(&dst[0], width, &src[0], ld, steps)
	}
	if done := kn / 4 * 4; done < kn {
		pack4Go(dst[done*width:], width, src[done:], ld, kn-done)
	}
}

// copyPanel copies a panel of the width of a tile: dst[k*width+i] = src[k*ld+i].
func copyPanel(dst []float32, width int, src []float32, ld, kn int) {
	if active == plain {
		copyPanelGo(dst, width, src, ld, kn)
		return
	}
	_, _ = dst[kn*width-1], src[(kn-1)*ld+width-1]
	switch width {
	case 32:
		copy32(&dst[0], &src[0], ld, kn)
	case 16:
		copy16(&dst[0], &src[0], ld, kn)
	case 12:
		copy12(&dst[0], &src[0], ld, kn)
	case 6:
		copy6(&dst[0], &src[0], ld, kn)
	}
}

//go:noescape
func tile12x32(k int, a, b, c *float32, ldc int, fresh bool)

//go:noescape
func tile6x16(k int, a, b, c *float32, ldc int, fresh bool)

//go:noescape
func transpose4(dst *float32, width int, src *float32, ld, steps int)

//go:noescape
func copy32(dst, src *float32, ld, kn int)

//go:noescape
func copy16(dst, src *float32, ld, kn int)

//go:noescape
func copy12(dst, src *float32, ld, kn int)

//go:noescape
func copy6(dst, src *float32, ld, kn int)
