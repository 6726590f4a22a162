package transformer

import (
	"context"
	"fmt"

	"argen"
)

// A look is what a view wants to see of a pass.
type look struct {
	layer    int           // of attention and of hidden states
	weights  [][][]float64 // (head, query, key ≤ query), nil if not wanted
	residual []float32     // (n, C), after that many layers
	seen     int           // layers so far
}

// hidden notes the residual stream before a layer and after the last.
func (l *look) hidden(p *pass) {
	if l.weights == nil && l.seen == l.layer {
		l.residual = append(l.residual, p.x...)
	}
	l.seen++
}

// attention notes the weights with which a query takes the values.
func (l *look) attention(layer, head int, weights []float32) {
	if l.weights != nil && layer == l.layer {
		l.weights[head] = append(l.weights[head], widen(weights))
	}
}

// inspect computes the tokens from a position on once more, under the eyes of l.
func (s *State) inspect(ctx context.Context, l *look, layers, from int) (*pass, error) {
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(s.all) == 0:
		return nil, argen.ErrEmptyContext
	case l.layer < 0 || l.layer >= layers:
		return nil, fmt.Errorf("transformer: layer %d: there are 0 to %d", l.layer, layers-1)
	case from < 0 || from >= len(s.all):
		return nil, fmt.Errorf("transformer: position %d: there are 0 to %d", from, len(s.all)-1)
	}
	p := newPass(s.pass.m, s.pass.kv.fork(from))
	p.look = l
	err := s.guard(func() error {
		p.run(s.all[from:], from)
		return nil
	})
	return p, err
}

// Layers implements argen.Inspector.
func (s *State) Layers() int { return s.pass.m.config.Layers }

// Attention implements argen.Inspector.
func (s *State) Attention(ctx context.Context, layer, from int) (weights [][][]float64, err error) {
	l := &look{layer: layer, weights: make([][][]float64, s.pass.m.config.Heads)}
	if _, err := s.inspect(ctx, l, s.Layers(), from); err != nil {
		return nil, err
	}
	return l.weights, nil
}

// Hidden implements argen.Inspector.
func (s *State) Hidden(ctx context.Context, layer, from int) (rows [][]float64, err error) {
	l := &look{layer: layer}
	p, err := s.inspect(ctx, l, s.Layers()+1, from)
	if err != nil {
		return nil, err
	}
	for i := range p.ids {
		rows = append(rows, widen(p.row(l.residual, i, s.pass.m.config.Hidden)))
	}
	return rows, nil
}

// Lens implements argen.Inspector.
func (s *State) Lens(ctx context.Context, layer, from int) (rows [][]float64, err error) {
	l := &look{layer: layer}
	p, err := s.inspect(ctx, l, s.Layers()+1, from)
	if err != nil {
		return nil, err
	}
	p.x = l.residual
	err = s.guard(func() error {
		if layer < s.Layers() { // what comes after the last layer has its norm already
			p.m.net.norm(p.x, p.x)
		}
		rows = p.rows()
		return nil
	})
	return rows, err
}
