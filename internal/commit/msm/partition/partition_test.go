package partition

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestSort compares Sort with lists by digit, for runs of all shapes.
func TestSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Partition
		for range 2 { // the second sort reuses the memory of the first
			var runs []Run[uint16]
			want := make([][]int32, 1<<10)
			for range rapid.IntRange(0, 5).Draw(t, "runs") {
				n := rapid.SampledFrom([]int{0, 1, 3, 1000, 3 * minShare}).Draw(t, "n")
				r := Run[uint16]{Cells: make([]uint16, n), Base: rapid.Int32Range(0, 1<<20).Draw(t, "base")}
				if rapid.Bool().Draw(t, "ids") {
					r.IDs = make([]int32, n)
				}
				step := rapid.IntRange(0, 1000).Draw(t, "step")
				for i := range n {
					r.Cells[i] = uint16(i * step % len(want))
					id := r.Base + int32(i)
					if r.IDs != nil {
						id = int32(7 * i)
						r.IDs[i] = id
					}
					want[r.Cells[i]] = append(want[r.Cells[i]], id)
				}
				runs = append(runs, r)
			}
			Sort(&p, len(want), runs)
			require.Len(t, p.Start, len(want)+1)
			for b := range want {
				require.Equal(t, want[b], append([]int32(nil), p.Index[p.Start[b]:p.Start[b+1]]...))
			}
			require.Equal(t, Total(runs)-len(want[0]), p.Len())
		}
	})
}

func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.IntRange(0, 50), 0, 8).Draw(t, "lengths")
		n := rapid.IntRange(1, 5).Draw(t, "n")
		var runs []Run[uint8]
		var want []int32
		for i, length := range lengths {
			runs = append(runs, Run[uint8]{Cells: make([]uint8, length), Base: int32(1000 * i)})
			for j := range length {
				want = append(want, int32(1000*i+j))
			}
		}
		shares := Split(runs, n)
		require.LessOrEqual(t, len(shares), n)
		var got []int32
		for _, s := range shares {
			require.LessOrEqual(t, Total(s), (Total(runs)+n-1)/n)
			for _, r := range s {
				for j := range r.Cells {
					got = append(got, r.Base+int32(j))
				}
			}
		}
		require.Equal(t, want, got)
	})
}

func TestSetBits(t *testing.T) {
	var p Partition
	p.SetBits([]uint64{1 | 1<<63, 0, 2})
	require.Equal(t, []int32{0, 63, 129}, p.Index)
	require.Equal(t, []int32{0, 0, 3}, p.Start)
	p.SetBits(nil)
	require.Zero(t, p.Len())
}

func TestGatherScatter(t *testing.T) {
	src := make([]Point, 10)
	for i := range src {
		src[i] = Point{{uint64(i)}, {0, uint64(i)}}
	}
	x1, y1, x2, y2 := make([]Element, 3), make([]Element, 3), make([]Element, 3), make([]Element, 3)
	Gather(x1, y1, x2, y2, src, []int32{9, 1, 4, 4, 0, 7})
	dst := make([]Point, 10)
	Scatter(dst, []int32{9, 4, 0}, x1, y1)
	Scatter(dst, []int32{1, 5, 7}, x2, y2)
	for _, i := range []int{9, 4, 0, 1, 7} {
		require.Equal(t, src[i], dst[i])
	}
	require.Equal(t, src[4], dst[5])
}
