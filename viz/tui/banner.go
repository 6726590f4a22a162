package tui

import (
	"fmt"
	"image"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// bannerRows is the height of a banner: two pixels of a 7 by 13 font a row,
// without the empty ones above capitals.
const bannerRows = 6

// bannerTop is the first row of pixels that letters use.
const bannerTop = 2

// banner writes text in letters of blocks, seven cells each; "" if they do not
// fit into w cells or the font lacks one.
func (s *screen) banner(text string, w int) []string {
	face := basicfont.Face7x13
	cells := len(text) * face.Advance
	if text == "" || cells > w {
		return nil
	}
	for _, r := range text {
		if r < ' ' || r > '~' {
			return nil
		}
	}
	img := image.NewAlpha(image.Rect(0, 0, cells, bannerTop+2*bannerRows))
	d := font.Drawer{Dst: img, Src: image.Opaque, Face: face, Dot: fixed.P(0, face.Ascent)}
	d.DrawString(text)
	lines := make([]string, bannerRows)
	for y := range lines {
		var b strings.Builder
		for x := range cells {
			up := img.AlphaAt(x, bannerTop+2*y).A > 0
			down := img.AlphaAt(x, bannerTop+2*y+1).A > 0
			b.WriteString(s.half(up, down))
		}
		lines[y] = b.String()
	}
	return lines
}

// half is a cell of two pixels.
func (s *screen) half(up, down bool) string {
	switch {
	case !up && !down:
		return " "
	case s.ascii:
		return "#"
	case up && down:
		return "█"
	case up:
		return "▀"
	}
	return "▄"
}

// bannerLines shows the token in letters that the last row of a hall can
// read, with its P where there is room.
func (m *model) bannerLines(w int) []string {
	step, _ := m.shown()
	if step == nil {
		return nil
	}
	if !m.picked() {
		return inStyle(m.s.banner("?", w), m.s.dim.Render)
	}
	style := m.s.chosen
	if step.Given() {
		style = m.s.forced.UnsetUnderline()
	}
	name := m.s.token(step.Token)
	percent := percent(step.Prob)
	for _, text := range []string{name + " " + percent, name, percent} {
		if lines := m.s.banner(text, w); lines != nil {
			return inStyle(lines, style.Render)
		}
	}
	return nil
}

// percent is a probability in whole percent; 0 and 100 are such.
func percent(p float64) string {
	switch {
	case p > 0 && p < 0.005:
		return "<1%"
	case p < 1 && p >= 0.995:
		return ">99%"
	}
	return fmt.Sprintf("%.0f%%", 100*p)
}

func inStyle(lines []string, style func(...string) string) []string {
	for i := range lines {
		lines[i] = style(lines[i])
	}
	return lines
}
