package transformer

import "argen/internal/mapped"

// guarded is work, but that weights whose file was cut short are noted in gone.
// The pieces that were not done then are nobody's.
func (c *crew) guarded(me int) {
	if mapped.Guard(func() error { c.work(me); return nil }) != nil {
		c.gone.Store(true)
	}
}

// check ends the work of whoever has it if weights are gone: [mapped.Guard]
// makes an error of it.
func (c *crew) check() {
	if c.gone.Swap(false) {
		panic(mapped.ErrGone)
	}
}
