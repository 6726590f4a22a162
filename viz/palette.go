package viz

import (
	"image"
	"image/color"
)

// paletted returns the picture with a palette, a third of the size and of the
// time to write, or nil if it has too many colours. Colours that share the
// upper five bits of each channel, which edges of letters have many of, become
// the most frequent one of them: areas keep their exact colour.
func paletted(img *image.RGBA) *image.Paletted {
	const bits = 5
	type bucket struct {
		pixel uint32 // the most frequent, by majority vote
		votes int
		index uint8
	}
	table := make([]bucket, 1<<(3*bits))
	var order []uint16
	key := func(p []uint8) uint16 {
		return uint16(p[0]>>(8-bits))<<(2*bits) | uint16(p[1]>>(8-bits))<<bits | uint16(p[2]>>(8-bits))
	}
	for i := 0; i+3 < len(img.Pix); {
		p := img.Pix[i : i+4 : i+4]
		pixel := uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2])
		if p[3] != 0xff {
			return nil
		}
		j := i + 4
		for j+3 < len(img.Pix) && [4]uint8(img.Pix[j:j+4]) == [4]uint8(p) {
			j += 4
		}
		b := &table[key(p)]
		switch n := j - i; {
		case b.votes == 0:
			if len(order) == 256 {
				return nil
			}
			order = append(order, key(p))
			b.pixel, b.votes = pixel, n
		case b.pixel == pixel:
			b.votes += n
		case b.votes > n:
			b.votes -= n
		default:
			b.pixel, b.votes = pixel, n-b.votes+1
		}
		i = j
	}
	palette := make(color.Palette, len(order))
	for i, k := range order {
		b := &table[k]
		b.index = uint8(i)
		palette[i] = color.RGBA{uint8(b.pixel >> 16), uint8(b.pixel >> 8), uint8(b.pixel), 0xff}
	}
	out := image.NewPaletted(img.Rect, palette)
	for i := range out.Pix {
		out.Pix[i] = table[key(img.Pix[i*4:i*4+4])].index
	}
	return out
}
