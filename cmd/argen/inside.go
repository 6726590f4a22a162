package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
	"argen/model"
)

// An inside is what happened in a model when it predicted one token of a text.
// What is nil the model cannot show: it has no layers.
type inside struct {
	T       int        `json:"t"`
	Context []argen.ID `json:"context"` // what the token is predicted from
	Tokens  []string   `json:"tokens"`  // their pieces
	Effects []number   `json:"effects"` // of each, see argen.Occlude

	// Of the last token of the context:
	Attention [][][]number `json:"attention,omitempty"` // by layer, head, token of the context
	Lens      []lens       `json:"lens,omitempty"`      // by number of layers, from 0
	Hidden    [][]number   `json:"hidden,omitempty"`    // by number of layers, from 0

	id    argen.ID
	first int // t of the first token of Context, negative if it is not of the text
	gap   int // tokens of the text that are not in sight, after the first
}

// A lens is the prediction that a model would make after some of its layers.
type lens struct {
	LogProb number      `json:"logprob"` // of the token
	Rank    int         `json:"rank"`
	Top     []scoredTop `json:"top"`
}

// lensTop is how many tokens a lens lists.
const lensTop = 3

// inSight is what a model sees of a context that lacks so many tokens.
func inSight(m argen.Info, all []argen.ID, dropped int) []argen.ID {
	if dropped > 0 && len(all) > 0 && all[0] == m.BOS {
		return slices.Concat(all[:1], all[1+dropped:])
	}
	return all[dropped:]
}

// look looks inside a model at the token t of a scored text; all is what stands
// before it, and first is the t of the first of these.
func look(ctx context.Context, lm *model.LM, all []argen.ID, first int, token *scoredToken) (*inside, error) {
	in := &inside{T: token.T, Context: inSight(lm.Model.Info(), all, token.Dropped), id: token.ID, first: first}
	if in.gap = token.Dropped; len(in.Context) > 0 && in.Context[0] != all[0] {
		in.first, in.gap = first+token.Dropped, 0
	}
	for _, id := range in.Context {
		in.Tokens = append(in.Tokens, string(lm.Tokenizer.Piece(id)))
	}
	effects, err := argen.Occlude(ctx, lm.Model, in.Context, token.ID)
	if err != nil {
		return nil, err
	}
	in.Effects = numbers(effects)
	state := lm.Model.Start()
	layers, ok := state.(argen.Inspector)
	if !ok || len(in.Context) == 0 {
		return in, nil
	}
	if _, err := state.Extend(ctx, in.Context...); err != nil {
		return nil, err
	}
	return in, in.layers(ctx, lm, layers)
}

// layers notes what the layers do at the last token of the context.
func (in *inside) layers(ctx context.Context, lm *model.LM, s argen.Inspector) error {
	last := len(in.Context) - 1
	for layer := range s.Layers() + 1 {
		if layer < s.Layers() {
			weights, err := s.Attention(ctx, layer, last)
			if err != nil {
				return err
			}
			heads := make([][]number, len(weights))
			for h, queries := range weights {
				heads[h] = numbers(queries[0])
			}
			in.Attention = append(in.Attention, heads)
		}
		rows, err := s.Hidden(ctx, layer, last)
		if err != nil {
			return err
		}
		in.Hidden = append(in.Hidden, numbers(rows[0]))
		if rows, err = s.Lens(ctx, layer, last); err != nil {
			return err
		}
		c, err := argen.NewCandidates(rows[0])
		if err != nil {
			return err
		}
		l := lens{LogProb: number(c.LogProb(in.id)), Rank: 1}
		for id, logit := range rows[0] {
			if mine := rows[0][in.id]; logit > mine || logit == mine && argen.ID(id) < in.id {
				l.Rank++
			}
		}
		for _, id := range c.Top(lensTop) {
			l.Top = append(l.Top, scoredTop{id, string(lm.Tokenizer.Piece(id)), number(c.LogProb(id))})
		}
		in.Lens = append(in.Lens, l)
	}
	return nil
}

func numbers(x []float64) []number {
	list := make([]number, len(x))
	for i, v := range x {
		list[i] = number(v)
	}
	return list
}

// text shows it for people.
func (in *inside) text(b *strings.Builder, token string) {
	fmt.Fprintf(b, "\nInside, at t = %d, where “%s” is predicted: what the tokens before it do for it.\n", in.T, trimmedToken(token))
	b.WriteString("effect: bits that it loses if the token is taken away, - if the model predicts nothing then.\n")
	attention := in.meanAttention()
	beside := attention
	if len(attention) > mostBeside {
		beside = nil
	}
	if len(beside) > 0 {
		fmt.Fprintf(b, "layer: the attention that the last token pays to this one, mean of %s.\n", count(len(in.Attention[0]), "head"))
	}
	fmt.Fprintf(b, "\n%5s  %8s", "t", "effect")
	for layer := range beside {
		fmt.Fprintf(b, "  %8s", "layer "+strconv.Itoa(layer+1))
	}
	b.WriteString("  token\n")
	for i, piece := range in.Tokens {
		fmt.Fprintf(b, "%5s  %8s", in.place(i), bitsText(in.Effects[i]/math.Ln2))
		for _, mean := range beside {
			fmt.Fprintf(b, "  %8s", bitsText(mean[i]))
		}
		fmt.Fprintf(b, "  %s\n", shownToken(piece))
	}
	if beside == nil {
		in.manyLayers(b, attention)
	}
	if len(in.Lens) == 0 {
		return
	}
	fmt.Fprintf(b, "\nWhat it would predict if it ended after so many layers (the logit lens):\n\n%6s  %9s  %6s  most probable\n", "layers", "P", "rank")
	for layer, l := range in.Lens {
		fmt.Fprintf(b, "%6d  %9s  %6d", layer, probText(number(math.Exp(float64(l.LogProb)))), l.Rank)
		for _, t := range l.Top {
			fmt.Fprintf(b, "  %s %s", bareToken(t.Token), probText(number(math.Exp(float64(t.LogProb)))))
		}
		b.WriteByte('\n')
	}
}

// place is the t of a token of the context, - if it stands before the text.
func (in *inside) place(i int) string {
	t := in.first + i
	if i > 0 {
		t += in.gap
	}
	if t < 0 {
		return "-"
	}
	return strconv.Itoa(t)
}

// meanAttention is the attention by layer and token, the mean of the heads.
func (in *inside) meanAttention() [][]number {
	means := make([][]number, len(in.Attention))
	for layer, heads := range in.Attention {
		means[layer] = make([]number, len(in.Tokens))
		for _, weights := range heads {
			for i, w := range weights {
				means[layer][i] += w / number(len(heads))
			}
		}
	}
	return means
}

// How many layers stand beside the effects, and how many in a row where there
// are more.
const (
	mostBeside = 5
	mostInRow  = 15
)

// manyLayers shows the attention in %, some layers in a table.
func (in *inside) manyLayers(b *strings.Builder, attention [][]number) {
	if len(attention) == 0 {
		return
	}
	fmt.Fprintf(b, "\nThe attention that the last token pays to each, in %%, mean of %s, by layer:\n", count(len(in.Attention[0]), "head"))
	for from := 0; from < len(attention); from += mostInRow {
		some := attention[from:min(from+mostInRow, len(attention))]
		fmt.Fprintf(b, "\n%5s ", "t")
		for layer := range some {
			fmt.Fprintf(b, "%4d", from+layer+1)
		}
		b.WriteString("  token\n")
		for i, piece := range in.Tokens {
			fmt.Fprintf(b, "%5s ", in.place(i))
			for _, mean := range some {
				fmt.Fprintf(b, "%4.0f", 100*float64(mean[i]))
			}
			fmt.Fprintf(b, "  %s\n", shownToken(piece))
		}
	}
}
