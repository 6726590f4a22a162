package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"argen"
	"argen/sampler/search"
)

// TreeData are the continuations of a text.
type TreeData struct {
	Model, Prompt, Chain string
	Root                 *search.Node // nil if there is no tree
	Verdict              string       // how the greedy text compares with the best, as [search.Tree] says it
	Trapped              bool         // the best is another
}

const (
	icicleRow  = 58.0 // height of a token
	icicleTop  = 26.0 // of the text before
	icicleGap  = 1.5  // between rows
	icicleSide = 26.0 // left of the rows, for their numbers
	icicleThin = 1.0  // a token narrower than that is one of the others
)

// A block is a rectangle of the chart: a token, the others, or nothing after a
// text that has ended.
type block struct {
	n         *search.Node // nil for the others and the end
	ended     bool
	tokens    int     // of the others
	low, high float64 // of [0,1]
	row, rows int     // where it begins, 0 for the prompt, and how many it fills
}

// Tree draws the continuations of a text as an icicle (Kruskal and Landwehr,
// Icicle Plots: Better Displays for Hierarchical Clustering, 1983): a row a
// token, each token as wide as the joint probability of the text up to it, right
// below the text before. Each row is 1 wide with what is not shown.
func Tree(in Input) (*Figure, error) {
	d := in.Tree
	switch {
	case d.Root == nil:
		return nil, fmt.Errorf("tree needs the continuations of a text: argen tree finds them")
	case len(d.Root.Children) == 0:
		return nil, fmt.Errorf("the tree shows no token: there is nothing to draw, a smaller least probability shows more")
	}
	if err := checkTree(d.Root, 1, 1); err != nil {
		return nil, err
	}
	rows := deepest(d.Root)
	f := &Figure{
		Title:    titleTree(d),
		Subtitle: strings.Join(strings.Fields(d.Verdict+" Chain: "+argen.VisibleChain(d.Chain)), " "),
		Caption:  "A text stands below the one that it goes on from. Colour and first number: P(token | context); second number: P(text so far).",
		Alt:      altTree(d),
		Width:    math.Round(min(max(in.page(), float64(leaves(d.Root))*24), in.widest(widestText))),
	}
	list := icicle(d.Root, rows, icicleThin/(f.Width-2*margin-icicleSide))
	f.keys, f.Caption = iciclesKeys(list, f.Caption)
	f.Caption += dotted(treeTokens(list)...)
	if d.Model != "" {
		f.Caption += " Model " + argen.Visible(d.Model) + "."
	}
	const scale, axis = 44.0, 40.0
	f.setBody(scale + icicleTop + icicleGap + float64(rows)*(icicleRow+icicleGap) + axis)
	f.body = func(c draw.Canvas) {
		drawScale(c)
		c.Max.Y -= scale
		c.Min.X += icicleSide
		drawIcicle(c, list, rows, promptOf(d, 80))
	}
	return f, nil
}

// titleTree says what the tree shows.
func titleTree(d TreeData) string {
	switch after := promptOf(d, 44); {
	case d.Trapped && d.Prompt == "":
		return "Greedy misses the most probable beginning"
	case d.Trapped:
		return "Greedy misses the most probable text after " + after
	case d.Prompt == "":
		return "What may the text begin with?"
	default:
		return "What may follow " + after + "?"
	}
}

// promptOf is the text in front of the tree, at most n characters of it.
func promptOf(d TreeData, n int) string {
	return ahead(&argen.Trace{Head: argen.Header{PromptText: d.Prompt}}, 0, n)
}

// deepest is how many tokens below a node the tree goes.
func deepest(n *search.Node) int {
	most := 0
	for _, child := range n.Children {
		most = max(most, 1+deepest(child))
	}
	return most
}

// leaves is how many nodes have none below them.
func leaves(n *search.Node) int {
	sum := 0
	for _, child := range n.Children {
		sum += leaves(child)
	}
	return max(sum, 1)
}

// icicle cuts the rows into blocks: the children of a node from the left, then
// the others. A token that is narrower than thin, and all after it, are others.
func icicle(root *search.Node, rows int, thin float64) []block {
	list := []block{{n: root, high: 1, rows: 1}}
	var cut func(n *search.Node, low float64, row int)
	cut = func(n *search.Node, low float64, row int) {
		at, high := low, low+n.Joint
		hidden := n.Others.Tokens
		for i, child := range n.Children {
			if child.Joint < thin {
				hidden += len(n.Children) - i
				break
			}
			end := min(at+child.Joint, high)
			list = append(list, block{n: child, low: at, high: end, row: row, rows: 1})
			cut(child, at, row+1)
			at = end
		}
		left := block{low: at, high: high, row: row, rows: rows + 1 - row}
		switch {
		case row > rows:
		case n.End != "":
			left.ended = true
			list = append(list, left)
		case hidden > 0 && high-at > thin/4:
			left.tokens = hidden
			list = append(list, left)
		}
	}
	cut(root, 0, 1)
	return list
}

// iciclesKeys is the legend of what there is to see, and the caption with it.
func iciclesKeys(list []block, caption string) ([]key, string) {
	var greedy, best, same, others, ended, beams bool
	same = true
	for _, b := range list {
		switch {
		case b.ended:
			ended = true
		case b.n == nil:
			others = true
		default:
			greedy, best, beams = greedy || b.n.Greedy, best || b.n.Best, beams || b.n.Beam > 0
			same = same && b.n.Greedy == b.n.Best
		}
	}
	var keys []key
	if greedy {
		keys = append(keys, key{"the greedy path", func(c draw.Canvas) { outlineGreedy(c, c.Rectangle) }})
	}
	if best {
		name := "the most probable text"
		if same {
			name += ", the same"
		}
		keys = append(keys, key{name, func(c draw.Canvas) { outlineBest(c, c.Rectangle) }})
	}
	if others {
		keys = append(keys, key{"tokens not shown", fillOthers.swatch})
	}
	if ended {
		keys = append(keys, key{"the text has ended", fill{color: fog}.swatch})
	}
	if beams {
		caption += " In a circle: the place of a beam."
	}
	return keys, caption
}

var fillOthers = fill{color: quiet, hatched: true}

// treeTokens are the tokens of the blocks.
func treeTokens(list []block) []string {
	var all []string
	for _, b := range list {
		if b.n != nil {
			all = append(all, b.n.Token)
		}
	}
	return all
}

// altTree says in words what the tree holds.
func altTree(d TreeData) string {
	var b strings.Builder
	b.WriteString("Rows of boxes, each as wide as the probability of the text up to it. ")
	said := 0
	var say func(n *search.Node, level int)
	say = func(n *search.Node, level int) {
		for i, child := range n.Children {
			if said++; said > mostSaid {
				return
			}
			if i > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "%s %s", quoted(child.Token), prob(child.SampledProb))
			if level > 1 {
				fmt.Fprintf(&b, " (joint %s)", prob(child.Joint))
			}
			if len(child.Children) > 0 {
				b.WriteString(", then [")
				say(child, level+1)
				b.WriteString("]")
			}
		}
		if said > mostSaid {
			return
		}
		if n.Others.Tokens > 0 {
			if len(n.Children) > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "%s %s", some(n.Others.Tokens, "other"), prob(min(n.Others.SampledProb, 1)))
		}
	}
	say(d.Root, 1)
	if said > mostSaid {
		b.WriteString(" and more")
	}
	b.WriteString(".")
	return b.String()
}

// checkTree refuses numbers that cannot be: a file may say anything.
func checkTree(n *search.Node, joint float64, depth int) error {
	sum := n.Others.Joint
	for _, child := range n.Children {
		for _, x := range []float64{child.Prob, child.SampledProb, child.Joint} {
			if !share(x) {
				return fmt.Errorf("the tree holds a probability of %v for %s, it must be from 0 to 1: the tree is damaged", x, quoted(child.Token))
			}
		}
		sum += child.Joint
		if err := checkTree(child, child.Joint, depth+1); err != nil {
			return err
		}
	}
	switch {
	case !share(n.Others.SampledProb) || !share(n.Others.Joint):
		return fmt.Errorf("the tree holds a probability of %v for others, it must be from 0 to 1: the tree is damaged", n.Others.SampledProb)
	case sum > joint+1e-6:
		return fmt.Errorf("what follows %s has a joint probability of %v, more than its own, %v: the tree is damaged", quoted(n.Token), sum, joint)
	case depth > mostDepth:
		return fmt.Errorf("the tree is deeper than %d tokens: show less of it", mostDepth)
	}
	return nil
}

// mostDepth is how many rows have room on a page.
const mostDepth = 32
