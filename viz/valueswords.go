package viz

import (
	"strings"

	"argen"
	"argen/internal/words"
)

// What is said of the numbers of a chart.
const (
	mostAloud  = 30 // numbers that a description reads out one by one, after the essential
	fewPanels  = 6  // panels of which it says more than their number
	fewRowsOut = 12 // rows of a panel that it reads out
)

// say returns what a chart says by itself, in its language.
func (w *Words) say(key string, values words.Map) string {
	c, err := words.In(w.Language)
	if err != nil {
		if c, err = words.In(words.Languages[0]); err != nil {
			return ""
		}
	}
	return c.Say("charts."+key, values)
}

// Head is what stands at an axis: its label, and its unit where the label does
// not name it, in the language of the chart. Shares and probabilities need none.
// It may hold anything that its parts do.
func (a Axis) Head(w *Words) string {
	unit := w.unit(a.Unit)
	if unit == "" || a.Unit == "share" || a.Unit == "prob" || strings.Contains(strings.ToLower(a.Label), strings.ToLower(unit)) {
		return a.Label
	}
	return strings.TrimSpace(a.Label + " (" + unit + ")")
}

// unit is a unit in the language of the chart.
func (w *Words) unit(unit string) string {
	if unit == "bits" {
		return w.say("bits", nil)
	}
	return unit
}

// sentence makes one of parts with commas between them.
func sentence(parts ...string) string { return strings.Join(parts, ", ") + ". " }

// spoken is what a panel and those below it say.
func spoken[D any](first *D, below []D, aloud func(of *D, b *strings.Builder)) string {
	var b strings.Builder
	aloud(first, &b)
	for i := range below {
		aloud(&below[i], &b)
	}
	return strings.TrimSpace(b.String())
}

// alt says what the curves show: where each begins and ends, its least and
// greatest, and all numbers if they are few.
func (d *CurvesData) alt() string {
	return spoken(d, d.Below, func(of *CurvesData, b *strings.Builder) { of.aloud(b, &d.Words) })
}

func (d *CurvesData) aloud(b *strings.Builder, w *Words) {
	kind := "curves"
	if d.Points {
		kind = "points"
	}
	b.WriteString(w.say(kind, words.Map{"y": argen.Visible(d.Y.Label), "x": argen.Visible(d.X.Label)}) + " ")
	all := 0
	for _, s := range d.Series {
		all += len(s.Y)
		if d.Points {
			b.WriteString(d.cloud(s, w))
		} else {
			b.WriteString(d.trend(s, w))
		}
	}
	for _, l := range d.Levels {
		b.WriteString(w.say("level", words.Map{"name": argen.Visible(l.Name), "value": d.Y.number(l.Y)}) + " ")
	}
	if all > mostAloud {
		return
	}
	b.WriteString(w.say("all", nil))
	for k, s := range d.Series {
		if k > 0 {
			b.WriteByte('.')
		}
		if len(d.Series) > 1 {
			b.WriteString(" " + argen.Visible(s.Name) + ":")
		}
		for i := range s.Y {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(" " + d.X.number(s.X[i]) + ": " + s.aloud(i, d.Y, w))
		}
	}
	b.WriteString(". ")
}

// aloud is a number with its interval.
func (s Series) aloud(i int, a Axis, w *Words) string {
	if len(s.Lo) == 0 || !finite(s.Lo[i]) || !finite(s.Hi[i]) {
		return a.number(s.Y[i])
	}
	return w.say("between", words.Map{"value": a.number(s.Y[i]), "lo": a.number(s.Lo[i]), "hi": a.number(s.Hi[i])})
}

// trend says where a curve begins and ends, and its extremes where these are
// elsewhere.
func (d *CurvesData) trend(s Series, w *Words) string {
	first, last := -1, s.last()
	least, most := -1, -1
	for i := range s.Y {
		if !finite(s.X[i]) || !finite(s.Y[i]) {
			continue
		}
		if first < 0 {
			first, least, most = i, i, i
		}
		if s.Y[i] < s.Y[least] {
			least = i
		}
		if s.Y[i] > s.Y[most] {
			most = i
		}
	}
	name := argen.Visible(s.Name)
	if first < 0 {
		return sentence(w.say("none", words.Map{"name": name}))
	}
	values := words.Map{
		"name": name, "first": d.Y.number(s.Y[first]), "from": d.X.number(s.X[first]),
		"last": d.Y.number(s.Y[last]), "to": d.X.number(s.X[last]),
	}
	key := "goes"
	wide := s.Y[most] - s.Y[least]
	switch change := s.Y[last] - s.Y[first]; {
	case first == last:
		key = "one"
	case values["first"] == values["last"] && wide <= .02*max(s.Y[most], -s.Y[least]):
		key = "stays"
	case change > wide/4:
		key = "rises"
	case change < -wide/4:
		key = "falls"
	}
	parts := []string{w.say(key, values)}
	if key == "one" || key == "stays" {
		return sentence(parts...)
	}
	for _, e := range []struct {
		key string
		at  int
	}{{"least", least}, {"greatest", most}} {
		if s.Y[e.at] != s.Y[first] && s.Y[e.at] != s.Y[last] {
			parts = append(parts, w.say(e.key, words.Map{"value": d.Y.number(s.Y[e.at]), "at": d.X.number(s.X[e.at])}))
		}
	}
	return sentence(parts...)
}

// cloud says how points lie.
func (d *CurvesData) cloud(s Series, w *Words) string {
	var x, y reach
	n, above, below, far := 0, 0, 0, -1
	off := func(i int) float64 { return max(s.Y[i]-s.X[i], s.X[i]-s.Y[i]) }
	for i := range s.Y {
		if !finite(s.X[i]) || !finite(s.Y[i]) {
			continue
		}
		n++
		x.add(s.X[i])
		y.add(s.Y[i])
		switch {
		case s.Y[i] > s.X[i]:
			above++
		case s.Y[i] < s.X[i]:
			below++
		}
		if far < 0 || off(i) > off(far) {
			far = i
		}
	}
	name := argen.Visible(s.Name)
	if n == 0 {
		return sentence(w.say("none", words.Map{"name": name}))
	}
	parts := []string{w.say("cloud", words.Map{
		"name": name, "n": count(n), "x0": d.X.number(x.least), "x1": d.X.number(x.most), "y0": d.Y.number(y.least), "y1": d.Y.number(y.most),
	})}
	if d.Equal {
		parts = append(parts, w.say("equal", words.Map{"above": count(above), "below": count(below), "value": d.Y.number(s.Y[far]), "at": d.X.number(s.X[far])}))
	}
	return sentence(parts...)
}

// alt says what the bars show: of each series its greatest and its least, and
// all numbers if they are few.
func (d *BarsData) alt() string {
	return spoken(d, d.Below, func(of *BarsData, b *strings.Builder) { of.aloud(b, &d.Words) })
}

func (d *BarsData) aloud(b *strings.Builder, w *Words) {
	b.WriteString(w.say("bars", words.Map{"y": argen.Visible(d.Y.Label)}) + " ")
	for _, s := range d.Series {
		b.WriteString(d.extremes(s, w))
	}
	for _, l := range d.Levels {
		b.WriteString(w.say("level", words.Map{"name": argen.Visible(l.Name), "value": d.Y.number(l.Y)}) + " ")
	}
	if len(d.Groups)*len(d.Series) > mostAloud {
		return
	}
	b.WriteString(w.say("all", nil))
	for i, g := range d.Groups {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(" " + argen.Visible(g) + ":")
		for k, s := range d.Series {
			if k > 0 {
				b.WriteByte(',')
			}
			if len(d.Series) > 1 {
				b.WriteString(" " + argen.Visible(s.Name))
			}
			b.WriteString(" " + s.aloud(i, d.Y, w))
		}
	}
	b.WriteString(". ")
}

// extremes names the groups with the greatest and the least bar.
func (d *BarsData) extremes(s Series, w *Words) string {
	least, most := -1, -1
	for i, v := range s.Y {
		if !finite(v) {
			continue
		}
		if least < 0 || v < s.Y[least] {
			least = i
		}
		if most < 0 || v > s.Y[most] {
			most = i
		}
	}
	name := argen.Visible(s.Name)
	switch {
	case least < 0:
		return sentence(w.say("none", words.Map{"name": name}))
	case d.Y.number(s.Y[least]) == d.Y.number(s.Y[most]):
		return sentence(w.say("same", words.Map{"name": name, "value": d.Y.number(s.Y[most])}))
	}
	return sentence(w.say("extremes", words.Map{
		"name": name, "most": d.Y.number(s.Y[most]), "highest": argen.Visible(d.Groups[most]),
		"least": d.Y.number(s.Y[least]), "lowest": argen.Visible(d.Groups[least]),
	}))
}

// alt says what the matrix shows: the greatest cell of each panel, and of each
// row if they are few.
func (d *MatrixData) alt() string {
	var b strings.Builder
	b.WriteString(d.say("matrix", words.Map{
		"row": argen.Visible(d.Row), "col": argen.Visible(d.Col), "rows": count(len(d.Rows)), "cols": count(len(d.Cols)), "panels": count(len(d.Panels)),
	}) + " ")
	for i, p := range d.Panels {
		if i == fewPanels && len(d.Panels) > fewPanels {
			b.WriteString(sentence(d.say("more", words.Map{"n": count(len(d.Panels) - i)})))
			break
		}
		if p.Name != "" {
			b.WriteString(argen.Visible(p.Name) + ". ")
		}
		row, col := -1, -1
		for r, cells := range p.Cells {
			if at := greatest(cells); at >= 0 && (row < 0 || cells[at] > p.Cells[row][col]) {
				row, col = r, at
			}
		}
		if row < 0 {
			b.WriteString(sentence(d.say("none", words.Map{"name": argen.Visible(p.Name)})))
			continue
		}
		b.WriteString(sentence(d.say("brightest", words.Map{"value": d.cell(p, row, col), "row": argen.Visible(d.Rows[row]), "col": argen.Visible(d.Cols[col])})))
		d.rowsAloud(&b, p)
	}
	return strings.TrimSpace(b.String())
}

// rowsAloud reads a panel row by row: all of a row that is short, else its
// greatest cell.
func (d *MatrixData) rowsAloud(b *strings.Builder, p Panel) {
	all := len(d.Rows)*len(d.Cols) <= mostAloud
	for r, cells := range p.Cells {
		if r == fewRowsOut && !all {
			b.WriteString(sentence(d.say("more", words.Map{"n": count(len(d.Rows) - r)})))
			return
		}
		var parts []string
		for c, v := range cells {
			if finite(v) && (all || c == greatest(cells)) {
				parts = append(parts, argen.Visible(d.Cols[c])+" "+d.cell(p, r, c))
			}
		}
		if len(parts) > 0 {
			b.WriteString(argen.Visible(d.Rows[r]) + ": " + sentence(parts...))
		}
	}
}

// cell is a cell in words: its text, and its number if that is not in the text.
func (d *MatrixData) cell(p Panel, row, col int) string {
	number := Axis{Unit: d.Unit}.number(p.Cells[row][col])
	if p.Texts == nil || p.Texts[row][col] == "" {
		return number
	}
	text := argen.Visible(p.Texts[row][col])
	if strings.HasSuffix(text, number) || strings.HasSuffix(text, prob(p.Cells[row][col])) {
		return text
	}
	return text + " " + number
}

// greatest is the place of the greatest of some numbers, −1 if there is none.
func greatest(list Values) int {
	at := -1
	for i, v := range list {
		if finite(v) && (at < 0 || v > list[at]) {
			at = i
		}
	}
	return at
}
