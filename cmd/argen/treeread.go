package main

import (
	"context"
	"encoding/base64"
	"math"

	"argen"
	"argen/internal/strict"
	"argen/sampler/search"
	"argen/viz"
)

// mostTreeRead is how many tokens a tree may have that is read.
const mostTreeRead = 1 << 20

// readTree reads what argen tree --json has written.
func (a *app) readTree(ctx context.Context, name string) (viz.TreeData, error) {
	data, err := a.readFile(ctx, name, largestText)
	if err != nil {
		return viz.TreeData{}, err
	}
	if name == "-" {
		name = "standard input"
	}
	return parseTree(argen.Visible(name), data)
}

// parseTree reads the JSON of a tree; name stands in its errors.
func parseTree(name string, data []byte) (viz.TreeData, error) {
	const mostLevels = 200 // two a token
	t := treeReader{JSON: strict.NewJSON(name, data, mostLevels)}
	var d viz.TreeData
	err := t.Object(func(name string) (err error) {
		switch name {
		case "type":
			err = wrongType(t.JSON, "not a tree: argen tree --json writes one")
		case "model":
			d.Model, err = t.String()
		case "prompt":
			d.Prompt, err = t.String()
		case "chain":
			d.Chain, err = t.String()
		case "verdict":
			d.Verdict, err = t.String()
		case "trapped":
			d.Trapped, err = t.Bool()
		case "tree":
			d.Root, err = t.node()
		default:
			err = t.JSON.Skip()
		}
		return err
	})
	if err == nil {
		err = t.End()
	}
	if err == nil && d.Root == nil {
		err = t.Errorf("there is no tree in it: argen tree --json writes one")
	}
	return d, err
}

// A treeReader reads the nodes of a tree.
type treeReader struct {
	*strict.JSON
	nodes int
}

// node reads a node and all below it.
func (t *treeReader) node() (*search.Node, error) {
	if t.nodes++; t.nodes > mostTreeRead {
		return nil, t.Errorf("the tree has more than %d tokens: show less of it", mostTreeRead)
	}
	n := &search.Node{ID: argen.NoID, Prob: 1, SampledProb: 1, Joint: 1}
	err := t.Object(func(name string) (err error) {
		switch name {
		case "id":
			var id int64
			id, err = t.Int(0, math.MaxInt32)
			n.ID = argen.ID(id)
		case "token":
			n.Token, err = t.String()
		case "bytes":
			n.Token, err = t.bytes()
		case "text":
			n.Text, err = t.String()
		case "prob":
			n.Prob, err = t.Float()
		case "sampled_prob":
			n.SampledProb, err = t.Float()
		case "joint":
			n.Joint, err = t.Float()
		case "end":
			n.End, err = t.String()
		case "greedy":
			n.Greedy, err = t.Bool()
		case "best":
			n.Best, err = t.Bool()
		case "beam":
			n.Beam, err = t.count()
		case "children":
			err = t.Array(func(int) error {
				child, err := t.node()
				n.Children = append(n.Children, child)
				return err
			})
		case "others":
			err = t.Object(func(name string) error { return t.others(name, &n.Others) })
		default:
			err = t.JSON.Skip()
		}
		return err
	})
	return n, err
}

// others reads a member of what is not shown.
func (t *treeReader) others(name string, o *search.Others) (err error) {
	switch name {
	case "tokens":
		o.Tokens, err = t.count()
	case "sampled_prob":
		o.SampledProb, err = t.Float()
	case "joint":
		o.Joint, err = t.Float()
	default:
		err = t.JSON.Skip()
	}
	return err
}

// count reads a number of things.
func (t *treeReader) count() (int, error) {
	n, err := t.Int(0, math.MaxInt32)
	return int(n), err
}

// bytes reads a token that is not UTF-8.
func (t *treeReader) bytes() (string, error) {
	s, err := t.String()
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", t.Errorf("bytes are not in base64")
	}
	return string(raw), nil
}
