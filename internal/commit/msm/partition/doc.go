// Package partition sorts the points of a multi-scalar multiplication into buckets. It does
// not depend on a curve: a point is 64 bytes, two field elements of four 64-bit limbs.
//
// A Partition is a counting sort of point indices by digit. The order within a bucket is
// the order of the cells, whatever the number of workers, so everything that is computed
// from a partition is reproducible bit for bit.
//
// Memory: 4 bytes per cell, and 256 KiB per worker for its counts.
package partition
