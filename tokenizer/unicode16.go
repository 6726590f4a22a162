package tokenizer

import "unicode"

// Go knows Unicode 15.0; the reference programs know Unicode 16.0, of which
// these are the letters and numbers that came in between. None were taken away.
var newLetters = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1c89, Hi: 0x1c8a, Stride: 1}, // Cyrillic Extended-C
		{Lo: 0xa7cb, Hi: 0xa7cd, Stride: 1}, // Latin Extended-D
		{Lo: 0xa7da, Hi: 0xa7dc, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x105c0, Hi: 0x105f3, Stride: 1}, // Todhri
		{Lo: 0x10d4a, Hi: 0x10d65, Stride: 1}, // Garay
		{Lo: 0x10d6f, Hi: 0x10d85, Stride: 1},
		{Lo: 0x10ec2, Hi: 0x10ec4, Stride: 1}, // Arabic Extended-C
		{Lo: 0x11380, Hi: 0x11389, Stride: 1}, // Tulu-Tigalari
		{Lo: 0x1138b, Hi: 0x1138b, Stride: 1},
		{Lo: 0x1138e, Hi: 0x1138e, Stride: 1},
		{Lo: 0x11390, Hi: 0x113b5, Stride: 1},
		{Lo: 0x113b7, Hi: 0x113b7, Stride: 1},
		{Lo: 0x113d1, Hi: 0x113d1, Stride: 1},
		{Lo: 0x113d3, Hi: 0x113d3, Stride: 1},
		{Lo: 0x11bc0, Hi: 0x11be0, Stride: 1}, // Sunuwar
		{Lo: 0x13460, Hi: 0x143fa, Stride: 1}, // Egyptian Hieroglyphs Extended-A
		{Lo: 0x16100, Hi: 0x1611d, Stride: 1}, // Gurung Khema
		{Lo: 0x16d40, Hi: 0x16d6c, Stride: 1}, // Kirat Rai
		{Lo: 0x18cff, Hi: 0x18cff, Stride: 1}, // Khitan Small Script
		{Lo: 0x1e5d0, Hi: 0x1e5ed, Stride: 1}, // Ol Onal
		{Lo: 0x1e5f0, Hi: 0x1e5f0, Stride: 1},
		{Lo: 0x2ebf0, Hi: 0x2ee5d, Stride: 1}, // CJK Extension I, of Unicode 15.1
	},
}

var newNumbers = &unicode.RangeTable{
	R32: []unicode.Range32{
		{Lo: 0x10d40, Hi: 0x10d49, Stride: 1}, // Garay
		{Lo: 0x116d0, Hi: 0x116e3, Stride: 1}, // Myanmar Extended-C
		{Lo: 0x11bf0, Hi: 0x11bf9, Stride: 1}, // Sunuwar
		{Lo: 0x16130, Hi: 0x16139, Stride: 1}, // Gurung Khema
		{Lo: 0x16d70, Hi: 0x16d79, Stride: 1}, // Kirat Rai
		{Lo: 0x1ccf0, Hi: 0x1ccf9, Stride: 1}, // Symbols for Legacy Computing Supplement
		{Lo: 0x1e5f1, Hi: 0x1e5fa, Stride: 1}, // Ol Onal
	},
}

// These are the marks, punctuation and symbols that came in between, and which of
// the letters are in upper and in lower case.
var (
	newMarks = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x897, Hi: 0x897, Stride: 1},
		},
		R32: []unicode.Range32{
			{Lo: 0x10d69, Hi: 0x10d6d, Stride: 1},
			{Lo: 0x10efc, Hi: 0x10efc, Stride: 1},
			{Lo: 0x113b8, Hi: 0x113c0, Stride: 1},
			{Lo: 0x113c2, Hi: 0x113c2, Stride: 1},
			{Lo: 0x113c5, Hi: 0x113c5, Stride: 1},
			{Lo: 0x113c7, Hi: 0x113ca, Stride: 1},
			{Lo: 0x113cc, Hi: 0x113d0, Stride: 1},
			{Lo: 0x113d2, Hi: 0x113d2, Stride: 1},
			{Lo: 0x113e1, Hi: 0x113e2, Stride: 1},
			{Lo: 0x11f5a, Hi: 0x11f5a, Stride: 1},
			{Lo: 0x1611e, Hi: 0x1612f, Stride: 1},
			{Lo: 0x1e5ee, Hi: 0x1e5ef, Stride: 1},
		},
	}
	newPunctuation = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x1b4e, Hi: 0x1b4f, Stride: 1},
			{Lo: 0x1b7f, Hi: 0x1b7f, Stride: 1},
		},
		R32: []unicode.Range32{
			{Lo: 0x10d6e, Hi: 0x10d6e, Stride: 1},
			{Lo: 0x113d4, Hi: 0x113d5, Stride: 1},
			{Lo: 0x113d7, Hi: 0x113d8, Stride: 1},
			{Lo: 0x11be1, Hi: 0x11be1, Stride: 1},
			{Lo: 0x16d6d, Hi: 0x16d6f, Stride: 1},
			{Lo: 0x1e5ff, Hi: 0x1e5ff, Stride: 1},
		},
	}
	newSymbols = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x2427, Hi: 0x2429, Stride: 1},
			{Lo: 0x2ffc, Hi: 0x2fff, Stride: 1},
			{Lo: 0x31e4, Hi: 0x31e5, Stride: 1},
			{Lo: 0x31ef, Hi: 0x31ef, Stride: 1},
		},
		R32: []unicode.Range32{
			{Lo: 0x10d8e, Hi: 0x10d8f, Stride: 1},
			{Lo: 0x1cc00, Hi: 0x1ccef, Stride: 1},
			{Lo: 0x1cd00, Hi: 0x1ceb3, Stride: 1},
			{Lo: 0x1f8b2, Hi: 0x1f8bb, Stride: 1},
			{Lo: 0x1f8c0, Hi: 0x1f8c1, Stride: 1},
			{Lo: 0x1fa89, Hi: 0x1fa89, Stride: 1},
			{Lo: 0x1fa8f, Hi: 0x1fa8f, Stride: 1},
			{Lo: 0x1fabe, Hi: 0x1fabe, Stride: 1},
			{Lo: 0x1fac6, Hi: 0x1fac6, Stride: 1},
			{Lo: 0x1fadc, Hi: 0x1fadc, Stride: 1},
			{Lo: 0x1fadf, Hi: 0x1fadf, Stride: 1},
			{Lo: 0x1fae9, Hi: 0x1fae9, Stride: 1},
			{Lo: 0x1fbcb, Hi: 0x1fbef, Stride: 1},
		},
	}
	newUpper = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x1c89, Hi: 0x1c89, Stride: 1},
			{Lo: 0xa7cb, Hi: 0xa7cc, Stride: 1},
			{Lo: 0xa7da, Hi: 0xa7da, Stride: 1},
			{Lo: 0xa7dc, Hi: 0xa7dc, Stride: 1},
		},
		R32: []unicode.Range32{
			{Lo: 0x10d50, Hi: 0x10d65, Stride: 1},
		},
	}
	newLower = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x1c8a, Hi: 0x1c8a, Stride: 1},
			{Lo: 0xa7cd, Hi: 0xa7cd, Stride: 1},
			{Lo: 0xa7db, Hi: 0xa7db, Stride: 1},
		},
		R32: []unicode.Range32{
			{Lo: 0x10d70, Hi: 0x10d85, Stride: 1},
		},
	}
)
