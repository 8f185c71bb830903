package shopware

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Demo gives an invented catalogue of about 200 products and a handful of orders for it, the same for the same seed.
// The first product numbers are BG-1001 and so on. Order 10234 does not depend on the seed: two rates of tax, ten per
// cent off, shipping, paid 99.25.
func Demo(seed uint64) (Catalogue, []Order) {
	r := rand.New(rand.NewPCG(seed, 0x62617463))
	c := Catalogue{
		SalesChannel: "Nordlicht Kontor",
		Currency:     "EUR",
		Countries:    []Country{{"DE", "Deutschland"}, {"AT", "Österreich"}, {"CH", "Schweiz"}, {"SE", "Sverige"}, {"DK", "Danmark"}},
		PaymentMethods: []Method{{"payment_invoice", "Rechnung"}, {"payment_prepayment", "Vorkasse"},
			{"payment_paypal", "PayPal"}, {"payment_card", "Kreditkarte"}},
		ShippingMethods: []Method{{"shipping_standard", "Standardversand"}, {"shipping_express", "Expressversand"}, {"shipping_freight", "Spedition"}},
		Products: []Product{
			{Number: "BG-1001", Name: "Wollpullover Öresund, grau", EAN: ean(1001), Stock: 40, Gross: "29.95", TaxRate: "19"},
			{Number: "BG-1002", Name: "Knäckebröd Mora, 500 g", EAN: ean(1002), Stock: 120, Gross: "7.49", TaxRate: "7"},
		},
	}
	for _, line := range demoRanges() {
		for _, variant := range line.variants {
			number := 1001 + len(c.Products)
			c.Products = append(c.Products, Product{
				Number: fmt.Sprintf("BG-%d", number), Name: line.name + ", " + variant, EAN: ean(number),
				Stock: int64(r.IntN(90)), Gross: Money(fmt.Sprintf("%d.%d", line.from+r.IntN(line.from), 49+50*r.IntN(2))),
				TaxRate: line.rate, Closeout: r.IntN(12) == 0,
			})
		}
	}
	return c, demoOrders(r)
}

// ean makes a valid EAN-13 of the range for use within a company.
func ean(number int) string {
	digits := fmt.Sprintf("20000%07d", number)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (1 + 2*(i%2))
	}
	return fmt.Sprintf("%s%d", digits, (10-sum%10)%10)
}

// demoRange is one product in several variants; prices lie between from and twice that.
type demoRange struct {
	name     string
	rate     Money
	from     int
	variants []string
}

func demoRanges() []demoRange {
	colours := []string{"rot", "blau", "grün", "grau", "schwarz", "weiß"}
	sizes := []string{"S", "M", "L", "XL"}
	packs := []string{"250 g", "500 g", "1 kg", "Großpackung 5 kg"}
	return []demoRange{
		{"Regenjacke Möwe", "19", 49, sizes}, {"Fischerhemd Büsum", "19", 29, sizes}, {"Strickmütze Luleå", "19", 14, colours},
		{"Wolldecke Småland", "19", 39, colours}, {"Gummistiefel Sylt", "19", 34, sizes}, {"Handschuhe Kiruna", "19", 17, colours},
		{"Schal Västerås", "19", 19, colours}, {"Rucksack Harz", "19", 59, colours}, {"Trinkflasche Fjäll", "19", 12, colours},
		{"Emaillebecher Köln", "19", 8, colours}, {"Kaffeekanne Gävle", "19", 24, colours}, {"Brotdose Åre", "19", 15, colours},
		{"Teelichthalter Ljus", "19", 6, colours}, {"Kissenbezug Blåbär", "19", 11, colours}, {"Geschirrtuch Jül", "19", 5, colours},
		{"Wanderstock Brocken", "19", 27, []string{"110 cm", "120 cm", "130 cm"}}, {"Zelt Vättern", "19", 149, []string{"2 Personen", "4 Personen"}},
		{"Schlafsack Höga Kusten", "19", 89, sizes}, {"Taschenlampe Norrsken", "19", 18, []string{"klein", "mittel", "groß"}},
		{"Klappmesser Solingen", "19", 22, []string{"Esche", "Birke", "Nussbaum"}}, {"Notizheft Nordlicht", "19", 4, []string{"liniert", "kariert", "blanko"}},
		{"Räucherlachs Bornholm", "7", 9, packs}, {"Preiselbeeren Dalarna", "7", 5, packs}, {"Kaffee Göteborg, ganze Bohne", "7", 8, packs},
		{"Tee Fünf-Uhr", "7", 6, packs}, {"Lakritz Süß & Salzig", "7", 3, packs}, {"Honig Lüneburger Heide", "7", 7, packs},
		{"Haferkekse Malmö", "7", 3, packs}, {"Senf Grobkorn", "7", 2, packs}, {"Zimtschnecken Backmischung", "7", 4, packs},
		{"Kochbuch Smörgåsbord", "7", 19, []string{"gebunden", "Taschenbuch"}}, {"Wanderkarte Ostseeküste", "7", 8, []string{"Nord", "Mitte", "Süd"}},
		{"Bilderbuch Die kleine Möwe", "7", 12, []string{"deutsch", "svenska"}}, {"Fahrradklingel Husum", "19", 9, colours},
		{"Windlicht Skagen", "19", 13, colours}, {"Picknickdecke Usedom", "19", 32, colours}, {"Seife Birkenhain", "19", 5, colours},
		{"Handtuch Rügen", "19", 16, colours}, {"Badetasche Ystad", "19", 21, colours}, {"Regenschirm Hanse", "19", 25, colours},
		{"Gartenhocker Lübeck", "19", 29, colours}, {"Vogelhaus Blåmes", "19", 18, colours},
	}
}

// demoOrders are a handful of orders as a shop sees them: private and business, other delivery address, abroad.
func demoOrders(r *rand.Rand) []Order {
	at := time.Date(2026, 3, 2, 9, 14, 27, 318e6, time.UTC)
	jana := Customer{Number: "20017", Email: "jana.moeller@example.org", Salutation: "mrs", FirstName: "Jana", LastName: "Möller"}
	home := Address{Street: "Großer Burstah 12", Zip: "20457", City: "Hamburg", Country: "DE", Phone: "+49 40 5550117"}
	company := Customer{Number: "20044", Email: "einkauf@grunwald-soehne.example", Salutation: "mr", FirstName: "Jürgen", LastName: "Grünwald",
		Company: "Grünwald & Söhne GmbH", VATID: "DE129273398"}
	office := Address{Company: "Grünwald & Söhne GmbH", Department: "Einkauf", Street: "Straße der Technik 4", Zip: "09113", City: "Chemnitz", Country: "DE"}
	store := Address{Company: "Grünwald & Söhne GmbH", Department: "Lager 3", FirstName: "Zoë", LastName: "Weißmüller", Street: "Am Güterbahnhof 1",
		Additional: "Rampe 7", Zip: "09111", City: "Chemnitz", Country: "DE"}
	astrid := Customer{Email: "astrid.akesson@example.se", Salutation: "mrs", FirstName: "Astrid", LastName: "Åkesson"}
	vienna := Customer{Number: "20051", Email: "office@cafe-fruehwirth.example", FirstName: "Leopold", LastName: "Frühwirth", Company: "Café Frühwirth e.U.", VATID: "ATU61234567"}
	pick := func(n int) string { return fmt.Sprintf("BG-%d", 1003+r.IntN(n)) }
	return []Order{
		{Number: "10234", Time: at, Customer: jana, Billing: home, PaymentMethod: "payment_paypal", PaymentState: "paid",
			Lines:        []Line{{Product: "BG-1001", Quantity: 3, Price: "29.95"}, {Product: "BG-1002", Quantity: 2, Price: "7.49"}},
			ShippingCost: "4.90", Discount: &Discount{Code: "FRÜHLING10", Label: "10 % Frühlingsrabatt", Percent: "10"}},
		{Number: "10235", Time: at.Add(41 * time.Minute), Customer: company, Billing: office, Shipping: &store, PaymentMethod: "payment_invoice",
			Lines:        []Line{{Product: pick(60), Quantity: 12}, {Product: pick(60), Quantity: 4}, {Product: "BG-1002", Quantity: 24}},
			ShippingCost: "49.00", ShippingMethod: "shipping_freight", TaxStatus: "net", Comment: "Bitte vor 15 Uhr anliefern, Rampe 7."},
		{Number: "10236", Time: at.Add(3 * time.Hour), Customer: astrid, PaymentMethod: "payment_card", PaymentState: "authorized",
			Billing:      Address{Street: "Fågelvägen 8 B", Zip: "393 52", City: "Kalmar", Country: "SE", Phone: "+46 480 555 01"},
			Lines:        []Line{{Product: pick(90), Quantity: 1}, {Product: "BG-1001", Quantity: 1}},
			ShippingCost: "9.90", ShippingMethod: "shipping_express"},
		{Number: "10237", Time: at.Add(26 * time.Hour), Customer: vienna, PaymentMethod: "payment_prepayment",
			Billing: Address{Company: "Café Frühwirth e.U.", Street: "Währinger Gürtel 101/4", Zip: "1180", City: "Wien", Country: "AT"},
			Lines:   []Line{{Product: "BG-1002", Quantity: 40}, {Product: pick(100), Quantity: 2}}, ShippingCost: "12.50",
			Discount: &Discount{Code: "CAFE5", Label: "5 EUR Gutschein", Amount: "5.00"}},
		{Number: "10238", Time: at.Add(30 * time.Hour), Customer: jana, Billing: home,
			Shipping:      &Address{FirstName: "Günther", LastName: "Möller", Street: "Deichweg 3", Zip: "25761", City: "Büsum", Country: "DE"},
			PaymentMethod: "payment_paypal", PaymentState: "failed", Lines: []Line{{Product: pick(120), Quantity: 2}}, ShippingCost: "4.90"},
	}
}
