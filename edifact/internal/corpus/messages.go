package corpus

import "strconv"

// head writes what stands before the lines.
func (m *maker) head() {
	document := map[string]string{"ORDERS": "220", "INVOIC": "380", "DESADV": "351", "PRICAT": "9", "INVRPT": "35"}
	m.put("BGM", c(document[m.opt.Type]), c("N"+m.number(999_999)), c("9"))
	m.put("DTM", c("137", "20261201", "102"))
	switch m.opt.Type {
	case "ORDERS", "INVOIC":
		m.put("RFF", c("ON", "B-"+m.number(99_999)))
	}
	m.put("NAD", c("BY"), c("4098765000003", "", "9"), c(), c("Hofladen Weber & Sohn"), c("Lange Str. 5"), c("Bremen"), c(), c("28195"), c("DE"))
	m.put("NAD", c("SU"), c("4012345000009", "", "9"))
	switch m.opt.Type {
	case "ORDERS", "INVOIC", "PRICAT":
		m.put("CUX", c("2", "EUR", "4"))
	case "DESADV":
		m.put("CPS", c("1"))
		m.put("PAC", c(m.number(9)), c(), c("PX"))
	}
	if m.opt.Type == "PRICAT" {
		m.put("PGI", c("11"))
	}
}

// line writes one article.
func (m *maker) line(n int) {
	numbered := m.b.Reset("LIN").Element(strconv.Itoa(n))
	if m.opt.Type == "PRICAT" {
		numbered.Element("1")
	} else {
		numbered.Element()
	}
	m.must(m.w.WriteSegment(numbered.Element(m.gtin()...)))
	m.count.Segments++
	m.put("PIA", c("1"), c("ART-"+m.number(99_999), "SA"))
	if m.opt.Type != "INVRPT" || m.opt.Release == "01B" {
		m.put("IMD", c("F"), c(), c("", "", "", m.text()))
	}
	switch m.opt.Type {
	case "ORDERS":
		m.put("QTY", c("21", m.number(99), "PCE"))
		m.put("MOA", c("203", m.amount()))
		m.put("PRI", c("AAA", m.amount()))
	case "INVOIC":
		m.put("QTY", c("47", m.number(99), "PCE"))
		m.put("MOA", c("203", m.amount()))
		m.put("PRI", c("AAA", m.amount()))
		m.put("TAX", c("7"), c("VAT"), c(), c(), c("", "", "", "19"))
	case "DESADV":
		m.put("QTY", c("12", m.number(99), "PCE"))
	case "PRICAT":
		m.put("PRI", c("AAA", m.amount(), "CA", "", "1", "PCE"))
	case "INVRPT":
		m.put("LOC", c("18"), c("4098765000010", "", "9"))
		if m.opt.Release == "01B" {
			m.put("INV", c("1"))
		}
		m.put("QTY", c("145", m.number(999)))
	}
}

// foot writes what stands behind the lines.
func (m *maker) foot() {
	switch m.opt.Type {
	case "ORDERS":
		m.put("UNS", c("S"))
		m.put("MOA", c("79", m.amount()))
	case "INVOIC":
		m.put("UNS", c("S"))
		m.put("MOA", c("77", m.amount()))
		m.put("TAX", c("7"), c("VAT"), c(), c(), c("", "", "", "19"))
		m.put("MOA", c("124", m.amount()))
	}
}
