package tensor

func (p *Packed) multiply(dst []float32, stride int, x *Vectors, from, to int) {
	p.multiplyGo(dst, stride, x, from, to)
}

func fillBlocks(blocks []vectorBlock, step int, x []float32) { fillBlocksGo(blocks, step, x) }
