// Package partition says which key point goes into which bucket. It knows no curve: a
// point is 64 bytes, two field elements of four 64-bit limbs.
//
// A Partition is a counting sort of point indices by a digit. The order within a
// bucket is that of the cells, whatever the number of workers, so everything that
// is computed from a partition is reproducible bit for bit.
//
// Memory: 4 bytes a cell, and 256 KiB a worker for its counts.
package partition
