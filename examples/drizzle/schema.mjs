/** The tables of a shop, as drizzle has them. */
import { boolean, date, integer, numeric, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

export const customers = pgTable('customers', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  country: text('country').notNull(),
  joined: date('joined').notNull(),
  isMember: boolean('is_member').notNull(),
})

export const orders = pgTable('orders', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  customerId: integer('customer_id')
    .notNull()
    .references(() => customers.id),
  placed: timestamp('placed').notNull(),
  shipped: timestamp('shipped'),
})

export const items = pgTable(
  'items',
  {
    orderId: integer('order_id')
      .notNull()
      .references(() => orders.id),
    line: integer('line').notNull(),
    product: text('product').notNull(),
    quantity: integer('quantity').notNull(),
    price: numeric('price', { precision: 8, scale: 2 }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.line] })],
)
