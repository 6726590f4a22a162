package grammar

// blank may stand between the parts of arrays and objects.
var blank = optional(literal(" "))

// values are the texts of a shape, one for each type.
func (s *schemas) values(h *shape) (choice, error) {
	var all choice
	if h.limited {
		for _, v := range h.listed {
			all = append(all, literal(v.compact()))
		}
		return all, nil
	}
	if h.types&object != 0 {
		x, err := s.object(h)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	if h.types&array != 0 {
		x, err := s.array(h)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	if h.types&text != 0 {
		x, err := s.string(h)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	switch {
	case h.types&number != 0:
		all = append(all, numbers(h.low, h.high))
	case h.types&integer != 0:
		all = append(all, integers(h.low, h.high))
	}
	if h.types&boolean != 0 {
		all = append(all, literal("true"), literal("false"))
	}
	if h.types&null != 0 {
		all = append(all, literal("null"))
	}
	return all, nil
}

// object is the objects of a shape: a net with two nodes for each member, the
// next to be written: before the first that is written, and after it.
func (s *schemas) object(h *shape) (expr, error) {
	n := net{nodes: 2 + 2*(len(h.members)+1)}
	node := func(i, some int) int { return 2 + 2*i + some }
	write := func(i, to int, name expr, value call) {
		x := sequence{name, blank, literal(":"), blank, value}
		n.arrows = append(n.arrows,
			arrow{node(i, 0), node(to, 1), x},
			arrow{node(i, 1), node(to, 1), append(sequence{blank, literal(","), blank}, x...)})
	}
	n.arrows = append(n.arrows, arrow{0, node(0, 0), sequence{literal("{"), blank}})
	for i, p := range h.members {
		value, err := s.rule(p.value)
		if err != nil {
			return nil, err
		}
		write(i, i+1, literal(quoted(p.name)), value)
		if !p.required {
			n.arrows = append(n.arrows, arrow{node(i, 0), node(i+1, 0), nil}, arrow{node(i, 1), node(i+1, 1), nil})
		}
	}
	last := len(h.members)
	if h.anyOther {
		value, err := s.rule(h.others)
		if err != nil {
			return nil, err
		}
		write(last, last, freeName(h.members), value)
	}
	n.arrows = append(n.arrows,
		arrow{node(last, 0), 1, literal("}")},
		arrow{node(last, 1), 1, sequence{blank, literal("}")}})
	return n, nil
}

// array is the arrays of a shape: a net with a node for each number of items.
func (s *schemas) array(h *shape) (expr, error) {
	n := net{nodes: 3}
	at := 2
	n.arrows = append(n.arrows, arrow{0, at, sequence{literal("["), blank}})
	item := func(i, to int) error {
		c := h.rest
		if i < len(h.first) {
			c = h.first[i]
		}
		value, err := s.rule(c)
		x := sequence{value}
		if i > 0 {
			x = sequence{blank, literal(","), blank, value}
		}
		n.arrows = append(n.arrows, arrow{at, to, x})
		return err
	}
	last := h.mostItems
	if !h.open && (last < 0 || last > len(h.first)) {
		last = len(h.first)
	}
	for i := 0; ; i++ {
		if i >= h.leastItems {
			x := sequence{blank, literal("]")}
			if i == 0 {
				x = sequence{literal("]")}
			}
			n.arrows = append(n.arrows, arrow{at, 1, x})
		}
		switch {
		case i == last:
			return n, nil
		case last < 0 && i > 0 && i >= max(h.leastItems, len(h.first)):
			err := item(i, at)
			return n, err
		}
		if err := item(i, n.nodes); err != nil {
			return nil, err
		}
		at = n.nodes
		n.nodes++
	}
}
