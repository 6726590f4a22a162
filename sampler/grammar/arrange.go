package grammar

import (
	"slices"
	"strings"
)

// arrange puts the rules in an order in which each stands before those that it
// may begin with. There is none if a rule may begin with itself, by whatever
// way: left recursion, which this program does not run.
func (p *program) arrange() error {
	begins := make([][]int32, len(p.rules))
	seen := make([]int32, p.states())
	var work []int32
	for r := range p.rules {
		work = append(work[:0], p.rules[r].entry)
		for len(work) > 0 {
			state := work[len(work)-1]
			work = work[:len(work)-1]
			if seen[state] == int32(r)+1 {
				continue
			}
			seen[state] = int32(r) + 1
			steps := p.from(state)
			for i := range steps {
				s := &steps[i]
				if s.kind == enter {
					begins[r] = append(begins[r], s.rule)
				}
				if p.free(s) {
					work = append(work, s.to)
				}
			}
		}
		slices.Sort(begins[r])
		begins[r] = slices.Compact(begins[r])
	}
	return p.sort(begins)
}

// sort orders the rules, depth first and without recursion.
func (p *program) sort(begins [][]int32) error {
	const fresh, open, done = 0, 1, 2
	state := make([]uint8, len(p.rules))
	next := make([]int, len(p.rules)) // of begins, to be looked at
	place := len(p.rules)
	for root := range int32(len(p.rules)) {
		if state[root] != fresh {
			continue
		}
		path := []int32{root}
		state[root] = open
		for len(path) > 0 {
			r := path[len(path)-1]
			if next[r] == len(begins[r]) {
				state[r] = done
				place--
				p.rules[r].order = place
				path = path[:len(path)-1]
				continue
			}
			q := begins[r][next[r]]
			next[r]++
			switch state[q] {
			case fresh:
				state[q] = open
				path = append(path, q)
			case open:
				return p.recursion(path[slices.Index(path, q):])
			}
		}
	}
	return nil
}

// recursion is the error about rules each of which may begin with the next, and
// the last with the first.
func (p *program) recursion(cycle []int32) error {
	var names []string
	var at mark
	for _, r := range cycle {
		for p.rules[r].name == "" && p.rules[r].parent >= 0 {
			r = int32(p.rules[r].parent)
		}
		if name := p.rules[r].name; len(names) == 0 || names[len(names)-1] != name {
			if len(names) == 0 {
				at = p.rules[r].at
			}
			names = append(names, name)
		}
	}
	if len(names) == 1 || names[0] != names[len(names)-1] {
		names = append(names, names[0])
	}
	return at.errorf("left recursion: %s may begin with itself (%s), which never comes to an end; let it begin with something else, or repeat with * or +", names[0], strings.Join(names, " → "))
}
