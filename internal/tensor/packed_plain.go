package tensor

import "encoding/binary"

// multiplyGo is Multiply in plain Go.
func (p *Packed) multiplyGo(dst []float32, stride int, x *Vectors, from, to int) {
	var rows plainRows
	for row := from; row < to; row += PackedRows {
		data, n := p.group(row), min(PackedRows, to-row)
		for i := range x.n {
			clear(dst[i*stride+row-from:][:n])
		}
		for b := range p.Cols / PackedCols {
			rows.unpack(p, data[b*p.BlockBytes():])
			for i := range x.n {
				rows.add(dst[i*stride+row-from:][:n], x.block(i, b))
			}
		}
	}
}

// plainRows are 16 rows of a block unpacked.
type plainRows struct {
	q             [PackedRows][PackedCols]int64
	scales, mins  [2][PackedRows]float32 // of each run
	halves, least bool                   // there are two runs; there are mins
}

func (k *plainRows) unpack(p *Packed, data []byte) {
	k.halves, k.least = p.Run < PackedCols, p.Mins
	var table [16]int64
	for i, q := range p.Table {
		table[i] = int64(q)
	}
	for r := range k.q {
		if quants := data[p.quants()+4*r:]; p.Layout == N4 {
			nibbles(&k.q[r], &table, quants)
		} else {
			octets(&k.q[r], quants)
		}
		for run := range p.runs() {
			k.scales[run][r] = p.number(data, run*PackedRows+r)
			if p.Mins {
				k.mins[run][r] = p.number(data, (p.runs()+run)*PackedRows+r)
			}
		}
	}
}

// nibbles takes the whole numbers of a row from its first dword on.
func nibbles(q *[PackedCols]int64, table *[16]int64, data []byte) {
	for j := range 4 {
		w := binary.LittleEndian.Uint32(data[4*PackedRows*j:])
		low, high := (*[4]int64)(q[4*j:]), (*[4]int64)(q[PackedCols/2+4*j:])
		low[0], low[1], low[2], low[3] = table[w&15], table[w>>8&15], table[w>>16&15], table[w>>24&15]
		high[0], high[1], high[2], high[3] = table[w>>4&15], table[w>>12&15], table[w>>20&15], table[w>>28]
	}
}

// octets is nibbles for int8.
func octets(q *[PackedCols]int64, data []byte) {
	for j := range 8 {
		w := binary.LittleEndian.Uint32(data[4*PackedRows*j:])
		four := (*[4]int64)(q[4*j:])
		four[0], four[1], four[2], four[3] = int64(int8(w)), int64(int8(w>>8)), int64(int8(w>>16)), int64(int8(w>>24))
	}
}

// add adds the products of the first len(sums) rows.
func (k *plainRows) add(sums []float32, x *vectorBlock) {
	// Two sums at once: of the upper two digits in the upper 32 bits, of the last
	// one in the lower.
	var digits [PackedCols]int64
	for c := range digits {
		digits[c] = (int64(x.digits[0][c])<<8+int64(x.digits[1][c]))<<32 + int64(x.digits[2][c])
	}
	for r := range sums {
		q, first, second, sum := &k.q[r], int64(0), int64(0), sums[r]
		for c := range PackedCols / 2 {
			first += q[c] * digits[c]
			second += q[c+PackedCols/2] * digits[c+PackedCols/2]
		}
		if k.halves {
			sum += float32(k.scales[0][r] * float32(wholeSum(first)*x.unit))
			sum += float32(k.scales[1][r] * float32(wholeSum(second)*x.unit))
		} else {
			sum += float32(k.scales[0][r] * float32(wholeSum(first+second)*x.unit))
		}
		switch {
		case !k.least:
		case k.halves:
			sum += float32(k.mins[0][r] * x.halves[0])
			sum += float32(k.mins[1][r] * x.halves[1])
		default:
			sum += float32(k.mins[0][r] * x.total)
		}
		sums[r] = sum
	}
}

// wholeSum is 256 times the upper sum plus the lower one.
func wholeSum(both int64) float32 {
	lower := int64(int32(both))
	return float32(256*float32((both-lower)>>32)) + float32(lower)
}
