package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"argen"
	"argen/internal/safefile"
	"argen/viz"
	"argen/viz/table"
)

// The names in the folder of a comparison.
const (
	compareFile  = "compare.json"
	tableCSV     = "table.csv"
	tableMD      = "table.md"
	chartsEnding = ".svg"
)

// keep writes the files that are asked for.
func (a *app) keep(k *comparing, c *comparison) error {
	csv, markdown := []string{k.csv}, []string{k.markdown}
	if k.out != "" {
		csv, markdown = append(csv, filepath.Join(k.out, tableCSV)), append(markdown, filepath.Join(k.out, tableMD))
		line, err := jsonLine(c)
		if err == nil {
			err = writeBytes(filepath.Join(k.out, compareFile), line)
		}
		if err == nil {
			err = a.drawComparison(k.out, &k.look, c)
		}
		if err != nil {
			return err
		}
	}
	for _, path := range csv {
		if path != "" {
			if err := safefile.Write(path, c.writeCSV); err != nil {
				return err
			}
		}
	}
	for _, path := range markdown {
		if path != "" {
			if err := writeBytes(path, []byte(c.markdown())); err != nil {
				return err
			}
		}
	}
	return nil
}

// drawComparison draws the charts of a comparison; one that has nothing to show
// is left out, and it says why.
func (a *app) drawComparison(folder string, look *chartLook, c *comparison) error {
	in := viz.Input{Compare: c.chart()}
	for _, name := range compareCharts {
		chart, _ := viz.Lookup(name)
		f, err := look.draw(chart, in)
		if err != nil {
			a.hint("no chart %s: %v", name, err)
			continue
		}
		if err := viz.Save(f, filepath.Join(folder, name+chartsEnding)); err != nil {
			return err
		}
	}
	return nil
}

// writeCSV writes a row for each strategy and metric.
func (c *comparison) writeCSV(w io.Writer) error {
	t := table.New(w, "strategy", "chain", "search", "metric", "unit", "mean", "lo", "hi", "infinite", "difference", "difference_lo", "difference_hi", "noise", "texts")
	texts := c.Samples * max(1, len(c.Prompts))
	for i := range c.Strategies {
		s := &c.Strategies[i]
		for _, m := range c.Metrics {
			x, ok := s.Metrics[m.Name]
			if !ok {
				continue
			}
			row := []any{s.Name, s.Chain, s.Search, m.Name, m.Unit, float64(x.Mean), float64(x.Lo), float64(x.Hi), float64(x.Infinite)}
			if d := x.Diff; d != nil {
				row = append(row, float64(d.Mean), float64(d.Lo), float64(d.Hi), d.Noise)
			} else {
				row = append(row, nil, nil, nil, nil)
			}
			if err := t.Row(append(row, texts)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// markdown is the table of metrics, a row a metric, a column a strategy.
func (c *comparison) markdown() string {
	var b strings.Builder
	b.WriteString("| metric |")
	for i := range c.Strategies {
		b.WriteString(" " + markdownCell(c.Strategies[i].Name) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(c.Strategies)) + "\n")
	for k := range c.Metrics {
		column := c.column(&c.Metrics[k])
		b.WriteString("|")
		for _, cell := range column {
			b.WriteString(" " + markdownCell(cell) + " |")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%s%s\n", strings.ReplaceAll(c.heading(1<<20), "\n\n", " "), strings.ReplaceAll(c.legend(), "*", `\*`))
	b.WriteString("\n")
	for _, m := range c.Metrics {
		fmt.Fprintf(&b, "- %s: %s.\n", markdownCell(m.Label), m.Doc)
	}
	return b.String()
}

// markdownCell is text that no reader of Markdown takes for markup.
func markdownCell(s string) string {
	var b strings.Builder
	for _, r := range argen.Visible(s) {
		if strings.ContainsRune("\\`*_{}[]<>#|~!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
