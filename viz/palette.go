package viz

import (
	"encoding/binary"
	"image"
	"image/color"
)

// paletted returns an opaque picture with a palette, a third of the size and
// of the time to write, or nil if it has too many colours. Colours that share
// the upper five bits of each channel, which edges of letters have many of,
// become the most frequent one of them: areas keep their exact colour.
func paletted(img *image.RGBA) *image.Paletted {
	type bucket struct {
		pixel uint32 // the most frequent, by majority vote (Boyer and Moore, 1991)
		votes int
		index uint8
	}
	key := func(pixel uint32) uint32 { return pixel>>3&31 | pixel>>11&31<<5 | pixel>>19&31<<10 }
	table := make([]bucket, 1<<15)
	var order []uint32
	for i := 0; i+4 <= len(img.Pix); {
		pixel, n := run(img.Pix[i:])
		k := key(pixel)
		b := &table[k]
		switch {
		case b.votes == 0:
			if len(order) == 256 {
				return nil
			}
			order = append(order, k)
			b.pixel, b.votes = pixel, n
		case b.pixel == pixel:
			b.votes += n
		case b.votes > n:
			b.votes -= n
		default:
			b.pixel, b.votes = pixel, n-b.votes+1
		}
		i += 4 * n
	}
	palette := make(color.Palette, len(order))
	for i, k := range order {
		b := &table[k]
		b.index = uint8(i)
		palette[i] = color.RGBA{uint8(b.pixel), uint8(b.pixel >> 8), uint8(b.pixel >> 16), 0xff}
	}
	out := image.NewPaletted(img.Rect, palette)
	for i := 0; i < len(out.Pix); {
		pixel, n := run(img.Pix[4*i:])
		index := table[key(pixel)].index
		for j := range out.Pix[i : i+n] {
			out.Pix[i+j] = index
		}
		i += n
	}
	return out
}

// run returns the first pixel, little-endian, and how many like it follow each
// other.
func run(pix []uint8) (pixel uint32, n int) {
	pixel = binary.LittleEndian.Uint32(pix)
	two := uint64(pixel)<<32 | uint64(pixel)
	n = 1
	for 4*n+8 <= len(pix) && binary.LittleEndian.Uint64(pix[4*n:]) == two {
		n += 2
	}
	return pixel, n
}
