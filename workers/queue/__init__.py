"""The queue: ids of batches in RQ, taken as data from strangers."""
