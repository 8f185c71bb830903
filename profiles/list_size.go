package profiles

// defaultListSize is how many lines of a list go into one file where the flow does not say it: memory stays bounded.
const defaultListSize = 10_000

// ListSize is how many lines of a list (stock, prices, products) a flow puts into one file at most.
func (f *Flow) ListSize() int {
	if f.BatchSize > 0 {
		return f.BatchSize
	}
	return defaultListSize
}
