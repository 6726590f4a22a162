package main

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"unicode/utf8"

	"argen"
	"argen/sampler/search"
)

// treeJSON is the JSON of a tree.
type treeJSON struct {
	Model     string     `json:"model"`
	Prompt    string     `json:"prompt"`
	PromptIDs []argen.ID `json:"prompt_ids"`
	Chain     string     `json:"chain"`
	Depth     int        `json:"depth"`
	Branch    int        `json:"branch"`
	MinProb   number     `json:"min_prob"`
	Greedy    pathJSON   `json:"greedy"`
	Best      *pathJSON  `json:"best"` // null where that was not settled
	Contexts  int        `json:"contexts"`
	Beams     []pathJSON `json:"beams,omitempty"`
	Trapped   bool       `json:"trapped"`
	Verdict   string     `json:"verdict"`
	Leaves    number     `json:"leaves"`
	Others    number     `json:"others"`
	Tree      nodeJSON   `json:"tree"`
}

// pathJSON is a text that was found.
type pathJSON struct {
	IDs     []argen.ID `json:"ids"`
	Text    string     `json:"text"`
	Prob    number     `json:"prob"` // after the chain, as in the tree
	LogProb number     `json:"logprob"`
}

func newPath(t search.Text) pathJSON {
	return pathJSON{append([]argen.ID{}, t.IDs...), t.Text, number(math.Exp(t.Score)), number(t.Score)}
}

// nodeJSON is a token of a tree; the root has none.
type nodeJSON struct {
	ID          *argen.ID   `json:"id,omitempty"`
	Token       *string     `json:"token,omitempty"`
	Bytes       string      `json:"bytes,omitempty"` // of a token that is not UTF-8, base64
	Text        *string     `json:"text,omitempty"`
	Prob        *number     `json:"prob,omitempty"`
	SampledProb *number     `json:"sampled_prob,omitempty"`
	Joint       number      `json:"joint"`
	End         string      `json:"end,omitempty"`
	Greedy      bool        `json:"greedy,omitempty"`
	Best        bool        `json:"best,omitempty"`
	Beam        int         `json:"beam,omitempty"`
	Children    []nodeJSON  `json:"children,omitempty"`
	Others      *othersJSON `json:"others,omitempty"`
}

type othersJSON struct {
	Tokens      int    `json:"tokens"`
	SampledProb number `json:"sampled_prob"`
	Joint       number `json:"joint"`
}

func newNode(n *search.Node) nodeJSON {
	j := nodeJSON{Joint: number(n.Joint), End: n.End, Greedy: n.Greedy, Best: n.Best, Beam: n.Beam}
	if n.ID != argen.NoID {
		prob, sampled := number(n.Prob), number(n.SampledProb)
		j.ID, j.Token, j.Text, j.Prob, j.SampledProb = &n.ID, &n.Token, &n.Text, &prob, &sampled
		if !utf8.ValidString(n.Token) {
			j.Bytes = base64.StdEncoding.EncodeToString([]byte(n.Token))
		}
	}
	for _, child := range n.Children {
		j.Children = append(j.Children, newNode(child))
	}
	if o := n.Others; o.Tokens > 0 {
		j.Others = &othersJSON{o.Tokens, number(o.SampledProb), number(o.Joint)}
	}
	return j
}

// MarshalJSON implements json.Marshaler.
func (t *grownTree) MarshalJSON() ([]byte, error) {
	leaves, others := t.Root.Sums()
	j := treeJSON{
		Model: t.head.Model.Ref, Prompt: t.head.PromptText, PromptIDs: append([]argen.ID{}, t.head.PromptIDs...), Chain: t.head.Chain,
		Depth: t.Depth, Branch: t.Branch, MinProb: number(t.MinProb),
		Greedy: newPath(t.Greedy), Contexts: t.Looked, Trapped: t.Trapped(), Verdict: t.Verdict(curly),
		Leaves: number(leaves), Others: number(others), Tree: newNode(t.Root),
	}
	if t.Best != nil {
		best := newPath(*t.Best)
		j.Best = &best
	}
	for _, text := range t.Found {
		j.Beams = append(j.Beams, newPath(text))
	}
	return json.Marshal(j)
}
