#include "textflag.h"

// func prefetch(slots *slot, at *uint32, n int)
TEXT ·prefetch(SB), NOSPLIT, $0-24
	MOVQ slots+0(FP), AX
	MOVQ at+8(FP), BX
	MOVQ n+16(FP), CX

next:
	SUBQ $1, CX
	JLT  done
	MOVL (BX)(CX*4), DX
	PREFETCHT0 (AX)(DX*8)
	PREFETCHT0 24(AX)(DX*8)
	JMP  next

done:
	RET
