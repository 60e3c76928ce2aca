"""The invented company of the demo as tables: who works there, what each job brings, and what each
group is for.
"""

PEOPLE = """
Management | Bern    | Chief executive      | helena.brandt    | Helena Brandt
Management | Bern    | Executive assistant  | iris.vogel       | Iris Vogel
Management | Bern    | HR partner           | jonas.wirth      | Jonas Wirth
Management | Bern    | HR partner           | klara.benz       | Klara Benz
Management | Bern    | Legal counsel        | leonard.ott      | Leonard Ott
Finance    | Bern    | Head of Finance      | ruth.keller      | Ruth Keller
Finance    | Bern    | Finance clerk        | anna.berg        | Anna Berg
Finance    | Bern    | Finance clerk        | beat.frei        | Beat Frei
Finance    | Bern    | Finance clerk        | carla.rossi      | Carla Rossi
Finance    | Bern    | Finance clerk        | david.meier      | David Meier
Finance    | Bern    | Finance clerk        | eva.lang         | Eva Lang
Finance    | Bern    | Finance clerk        | frank.huber      | Frank Huber
Finance    | Bern    | Finance clerk        | gina.moser       | Gina Moser
Finance    | Bern    | Controller           | hans.ulrich      | Hans Ulrich
Finance    | Bern    | Controller           | irina.volkova    | Irina Volkova
Finance    | Hamburg | Finance clerk        | juergen.koehler  | Jürgen Köhler
Finance    | Bern    | Finance clerk        | karl.wyss        | Karl Wyss             | leaver
Sales      | Hamburg | Head of Sales        | lars.petersen    | Lars Petersen
Sales      | Hamburg | Sales representative | mia.hansen       | Mia Hansen
Sales      | Hamburg | Sales representative | nils.jensen      | Nils Jensen
Sales      | Hamburg | Sales representative | ole.schmidt      | Ole Schmidt
Sales      | Hamburg | Sales representative | paula.krueger    | Paula Krüger
Sales      | Hamburg | Sales representative | rosa.alvarez     | Rosa Álvarez
Sales      | Lyon    | Sales representative | quentin.dubois   | Quentin Dubois
Sales      | Hamburg | Sales representative | siobhan.oneill   | Siobhán O'Neill
Sales      | Hamburg | Key account manager  | thomas.meyer     | Thomas Meyer, Jr.
Sales      | Bern    | Inside sales         | ursula.graf      | Ursula Graf
Sales      | Bern    | Inside sales         | victor.nowak     | Victor Nowak
Sales      | Bern    | Inside sales         | wanda.zielinska  | Wanda Zielińska
Sales      | Hamburg | Sales representative | xaver.bauer      | Xaver Bauer           | leaver
Sales      | Bern    | Marketing            | yvonne.martin    | Yvonne Martin
Production | Lyon    | Head of Production   | zoe.laurent      | Zoé Laurent
Production | Lyon    | Assembly             | adele.petit      | Adèle Petit
Production | Lyon    | Assembly             | bruno.moreau     | Bruno Moreau
Production | Lyon    | Assembly             | chloe.garnier    | Chloé Garnier
Production | Lyon    | Assembly             | denis.leroy      | Denis Leroy
Production | Lyon    | Assembly             | elise.roux       | Elise Roux
Production | Lyon    | Assembly             | fabien.blanc     | Fabien Blanc
Production | Lyon    | Assembly             | gaelle.faure     | Gaelle Faure
Production | Lyon    | Assembly             | hugo.mercier     | Hugo Mercier
Production | Lyon    | Design engineer      | ines.caron       | Ines Caron
Production | Lyon    | Design engineer      | jules.fontaine   | Jules Fontaine
Production | Lyon    | Design engineer      | karim.benali     | Karim Benali
Production | Bern    | Design engineer      | hanako.yamada    | 山田 花子
Production | Lyon    | Quality inspector    | lea.perrin       | Léa Perrin
Production | Lyon    | Quality inspector    | marc.dumont      | Marc Dumont
Production | Lyon    | Assembly             | noemie.clerc     | Noemie Clerc          | leaver
Logistics  | Hamburg | Head of Logistics    | otto.wagner      | Otto Wagner
Logistics  | Hamburg | Warehouse            | piet.devries     | Piet de Vries
Logistics  | Hamburg | Warehouse            | ralf.becker      | Ralf Becker
Logistics  | Hamburg | Warehouse            | sven.lund        | Sven Lund
Logistics  | Hamburg | Warehouse, nights    | tarik.yilmaz     | Tarik Yılmaz
Logistics  | Hamburg | Warehouse, nights    | uwe.franke       | Uwe Franke
Logistics  | Bern    | Purchaser            | vera.novak       | Vera Novák
Logistics  | Bern    | Purchaser            | willem.bakker    | Willem Bakker
Logistics  | Hamburg | Warehouse            | xenia.popova     | Xenia Popova          | leaver
IT         | Tallinn | Head of IT           | kadri.tamm       | Kadri Tamm
IT         | Tallinn | Helpdesk             | jaan.sepp        | Jaan Sepp
IT         | Tallinn | Helpdesk             | liis.kask        | Liis Kask
IT         | Tallinn | Helpdesk             | mart.rebane      | Mart Rebane
IT         | Tallinn | System administrator | olena.shevchenko | Олена Шевченко
IT         | Tallinn | System administrator | priit.saar       | Priit Saar
IT         | Tallinn | Developer            | tiina.oja        | Tiina Oja             | contractor
IT         | Tallinn | Helpdesk             | raul.ilves       | Raul Ilves            | leaver
IT         | Tallinn | Nightly backup       | svc-backup       | Backup service        | service
IT         | Tallinn | Scanners             | svc-scan         | Scan service          | service
"""
"""Department, site, title, uid, name, kind if not employee; the first of a department leads it."""

VANISHED = ("peter.gruber", "maria.haas")
"""People who are gone from the directory, but not from its groups."""

EVERYBODY = "share-company app-timesheet"

SITES = {
    "Bern": "printer-bern list-bern",
    "Hamburg": "printer-hamburg list-hamburg",
    "Lyon": "printer-lyon list-lyon",
    "Tallinn": "printer-tallinn list-tallinn",
}

SWITCHBOARDS = {
    "Bern": "+41 31 555 01",
    "Hamburg": "+49 40 5550 22",
    "Lyon": "+33 4 5550 33",
    "Tallinn": "+372 5550 44",
}
"""What comes before the two digits of everybody's extension; numbers nobody has."""

TRAVELLING = (
    "Sales representative",
    "Key account manager",
    "Chief executive",
    "Helpdesk",
)

_CLERK = (
    "share-finance list-finance app-finance-posting "
    "app-finance-reports app-erp-users vpn-users"
)
_SALES = "share-sales list-sales app-crm-users vpn-users"

JOBS = {
    "Chief executive": (
        "list-managers share-finance share-hr app-finance-reports app-finance-approval vpn-users"
    ),
    "Executive assistant": "list-managers share-hr vpn-users",
    "HR partner": "share-hr app-payroll vpn-users",
    "Legal counsel": "share-hr share-sales vpn-users",
    "Head of Finance": (
        f"{_CLERK} list-managers app-finance-approval app-payroll share-finance-archive"
    ),
    "Finance clerk": _CLERK,
    "Controller": f"{_CLERK} app-finance-approval share-finance-archive",
    "Head of Sales": f"{_SALES} list-managers app-crm-admin app-finance-reports",
    "Sales representative": _SALES,
    "Key account manager": f"{_SALES} app-crm-admin",
    "Inside sales": "share-sales list-sales app-crm-users app-erp-users",
    "Marketing": "share-sales list-sales app-crm-users",
    "Head of Production": (
        "share-production list-managers app-erp-users app-cad share-r+d vpn-users"
    ),
    "Assembly": "share-production app-erp-users",
    "Design engineer": "share-production share-r+d app-cad vpn-users",
    "Quality inspector": "share-production share-r+d app-erp-users",
    "Head of Logistics": "share-logistics list-managers app-erp-users app-erp-purchasing vpn-users",
    "Warehouse": "share-logistics team-warehouse",
    "Warehouse, nights": "share-logistics team-warehouse-night",
    "Purchaser": "share-logistics app-erp-users app-erp-purchasing vpn-users",
    "Head of IT": "share-it list-managers app-helpdesk it-admins vpn-users",
    "Helpdesk": "share-it app-helpdesk vpn-users",
    "System administrator": "share-it app-helpdesk it-admins server-backup vpn-users",
    "Developer": "share-it app-crm-users vpn-users",
    "Nightly backup": "server-backup",
    "Scanners": "scan-to-folder",
}

EXTRA = {
    "frank.huber": "app-crm-users",
    "rosa.alvarez": "app-finance-reports",
    "gaelle.faure": "app-cad",
    "jaan.sepp": "app-crm-admin",
    "otto.wagner": "app-erp-stock",
    "priit.saar": "vpn-admins",
    "marc.dumont": "scan-to-folder",
    "xaver.bauer": "app-crm-admin",
    "peter.gruber": "share-sales vpn-users",
    "maria.haas": "share-finance-archive",
}
"""Rights beyond the job, as they collect over the years."""

MISSING = {
    "gina.moser": "app-finance-reports",
    "karl.wyss": "vpn-users",
    "quentin.dubois": "list-sales",
    "hugo.mercier": "app-erp-users",
    "svc-backup": "share-company app-timesheet printer-tallinn list-tallinn",
    "svc-scan": "share-company app-timesheet printer-tallinn list-tallinn",
}
"""Rights that the job would bring but this person was never given."""

GROUPS = """
share-company         | iris.vogel     | Files for everybody in the company
share-finance         | ruth.keller    | Files of the finance department
share-finance-archive |                | Closed financial years, for audits
share-sales           | lars.petersen  | Offers, contracts and customer files
share-production      | zoe.laurent    | Work plans and machine settings
share-logistics       | xenia.popova   | Delivery notes and carrier contracts
share-it              | kadri.tamm     | Installation files and documentation of IT
share-hr              | jonas.wirth    | Personnel files, confidential
share-r+d             | zoe.laurent    | Drawings and test results of research and development
list-all              | iris.vogel     | Mail to everybody, through the lists of the sites
list-bern             | iris.vogel     | Mail to everybody in Bern
list-hamburg          | otto.wagner    | Mail to everybody in Hamburg
list-lyon             | zoe.laurent    | Mail to everybody in Lyon
list-tallinn          |                | Mail to everybody in Tallinn
list-finance          | ruth.keller    | Mail to the finance department, also invoices@
list-sales            | lars.petersen  | Mail to the sales department
list-managers         | iris.vogel     | Mail to the heads of department
app-finance-posting   | ruth.keller    | Post journal entries in the finance system
app-finance-approval  | ruth.keller    | Approve payments in the finance system
app-finance-reports   | ruth.keller    | Read the reports of the finance system
app-payroll           | jonas.wirth    | Payroll, confidential
app-crm-users         | lars.petersen  | Customer relations: read and write customers
app-crm-admin         |                | Customer relations: settings and exports
app-erp-users         | zoe.laurent    | ERP: orders and material
app-erp-purchasing    | otto.wagner    | ERP: place purchase orders
app-erp-stock         | otto.wagner    | ERP: book stock movements
app-cad               | zoe.laurent    | Licences of the drawing program
app-timesheet         | jonas.wirth    | Enter hours worked
app-helpdesk          |                | Work on tickets
vpn-users             | kadri.tamm     | Work from outside the offices
vpn-admins            | kadri.tamm     | Change the settings of the VPN
printer-bern          | kadri.tamm     | Printers in Bern
printer-hamburg       |                | Printers in Hamburg
printer-lyon          | kadri.tamm     | Printers in Lyon
printer-tallinn       | kadri.tamm     | Printers in Tallinn
team-warehouse        | otto.wagner    | Everybody who works in the warehouse
team-warehouse-night  | otto.wagner    | The night shift of the warehouse
it-admins             | kadri.tamm     | Administrators of all servers
server-backup         | priit.saar     | May read everything for the nightly backup
scan-to-folder        |                | Put scanned pages into folders
"""
"""Name, owner, purpose."""

NESTED = {
    "list-all": "list-bern list-hamburg list-lyon list-tallinn",
    "app-erp-stock": "team-warehouse",
    "team-warehouse": "team-warehouse-night",
}
"""Groups that are members of a group."""

KINDS = {
    "printer-lyon": "groupOfUniqueNames",
    "server-backup": "posixGroup",
}
"""The object class of groups that are no groupOfNames."""

WITH_PLACEHOLDER = ("app-finance-approval", "it-admins", "app-payroll")
"""Groups that hold the placeholder, so that their last person can leave."""
